// Makes the example project's data: a web shop with the mess of real life. Seeded, so every run writes the
// same bytes: no clock and no Math.random. Usage: node scripts/make-example-data.mjs [folder, default: .]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { asciiOf, csvRow, isoDate, isoSecond, lastSunday, quarterOf } from './example-data/format.mjs';
import { chance, integer, pick, random, skewed } from './example-data/random.mjs';

const root = process.argv[2] ?? '.';
const minute = 60_000;
const day = 24 * 60 * minute;
const shopOpens = Date.UTC(2024, 0, 1);
const shopEnds = Date.UTC(2025, 6, 1);
const trackingStarts = Date.UTC(2025, 0, 1);

/** @type {readonly { code: string, currency: string, offset: number, dst: boolean, spellings: readonly string[] }[]} */
const countries = [
  { code: 'DE', currency: 'EUR', offset: 60, dst: true, spellings: ['DE', 'de', 'DE '] },
  { code: 'DE', currency: 'EUR', offset: 60, dst: true, spellings: ['DE'] },
  { code: 'FR', currency: 'EUR', offset: 60, dst: true, spellings: ['FR', 'fr'] },
  { code: 'NL', currency: 'EUR', offset: 60, dst: true, spellings: ['NL', 'nl'] },
  { code: 'GB', currency: 'GBP', offset: 0, dst: true, spellings: ['GB', 'UK', 'gb'] },
  { code: 'US', currency: 'USD', offset: -300, dst: false, spellings: ['US', 'us'] },
  { code: 'US', currency: 'USD', offset: -480, dst: false, spellings: ['US'] },
  { code: 'CH', currency: 'CHF', offset: 60, dst: true, spellings: ['CH'] },
  { code: 'SE', currency: 'SEK', offset: 60, dst: true, spellings: ['SE', 'se'] },
  { code: 'IN', currency: 'USD', offset: 330, dst: false, spellings: ['IN'] },
];
const usdPer = { EUR: 1.08, GBP: 1.26, USD: 1, CHF: 1.13, SEK: 0.095 };
const firstNames =
  'Ada Åsa Ben Chloé Dmitri Elif Farid Grace Hana Ilse Jürgen Kofi Łukasz Mei Noor Olga Priya Quinn Rosa Søren Tomás Uma Vera Wim Zoë'.split(
    ' ',
  );
const lastNames = [
  "O'Brien",
  'Müller',
  'García',
  'Smith',
  'Nguyen',
  'van den Berg',
  'Øster',
  'Kowalska',
  'Rossi',
  'Sato',
  'Singh',
  'Dubois',
  'Lee, Jr.',
  'Brown',
];
const categories = {
  kitchen: ['Kettle', 'Skillet', 'Chef’s knife', 'Mug', 'Grinder'],
  garden: ['Trowel', 'Watering can', 'Seed tray', 'Gloves'],
  office: ['Desk lamp', 'Notebook', 'Fountain pen', 'Stapler'],
  outdoor: ['Tent', 'Headlamp', 'Flask', 'Camping stove', 'Hammock'],
  toys: ['Puzzle', 'Kite', 'Wooden train'],
};
const channels = [
  null,
  null,
  'newsletter',
  'newsletter',
  'search',
  'search',
  'search',
  'social',
  'Social',
  'partner',
];

const products = makeProducts();
const customers = makeCustomers();
const orders = makeOrders();

rmSync(join(root, 'data'), { recursive: true, force: true });
writeCustomers();
writeOrders();
writeOrderItems();
writeClicks();
writeCurrencyRates();
await writeProducts();

function makeProducts() {
  const made = [];
  for (let id = 1; id <= 320; id++) {
    const category = pick(/** @type {(keyof typeof categories)[]} */ (Object.keys(categories)));
    const name = `${pick(['Classic', 'Compact', 'Nordic', 'Travel', 'Grand', 'Little'])} ${pick(categories[category])}`;
    made.push({
      id,
      sku: `${category.slice(0, 3).toUpperCase()}-${String(id).padStart(4, '0')}`,
      name,
      category,
      tags: ['new', 'sale', 'eco', 'gift', 'bestseller'].filter(() => chance(0.25)),
      priceCents: integer(4, 160) * 100 - 5,
      weightGrams: chance(0.08) ? null : integer(50, 9_000),
      size: chance(0.1) ? null : { width: integer(5, 60), height: integer(5, 60), depth: integer(2, 60) },
      active: chance(0.92),
      createdOn: isoDate(shopOpens - integer(1, 700) * day),
    });
  }
  return made;
}

function makeCustomers() {
  const made = [];
  for (let id = 1; id <= 4_000; id++) {
    const country = pick(countries);
    const [first, last] = [pick(firstNames), pick(lastNames)];
    const signedUpAt = shopOpens + Math.floor(random() ** 1.5 * (shopEnds - shopOpens - 30 * day));
    made.push({
      id,
      country,
      name: `${first} ${last}`,
      email: `${asciiOf(first)}.${id}@example.com`,
      signedUpAt,
    });
  }
  return made.sort((a, b) => a.signedUpAt - b.signedUpAt || a.id - b.id);
}

/** Orders in the order in which they were placed, each with its items and what became of it. */
function makeOrders() {
  const made = [];
  while (made.length < 20_000) {
    const customer = customers[skewed(customers.length)];
    if (!customer) continue;
    const placedAt =
      customer.signedUpAt + Math.floor(random() * (shopEnds - customer.signedUpAt - 2 * minute));
    const month = new Date(placedAt).getUTCMonth();
    const hour = new Date(placedAt).getUTCHours();
    // Few people shop at night; many before Christmas.
    if (chance(hour < 5 ? 0.8 : 0.1) || (month < 10 && chance(0.3))) continue;
    const currency = /** @type {keyof typeof usdPer} */ (chance(0.96) ? customer.country.currency : 'USD');
    const items = Array.from({ length: 1 + skewed(9) }, (_, i) => {
      const product = /** @type {(typeof products)[number]} */ (products[skewed(products.length)]);
      const quantity = chance(0.8) ? 1 : integer(2, 5);
      const unitPriceCents = Math.round(product.priceCents / usdPer[currency]);
      return {
        line: i + 1,
        productId: chance(0.001) ? 9_000 + integer(1, 9) : product.id,
        quantity,
        unitPriceCents,
        discountCents: chance(0.12) ? Math.round((unitPriceCents * quantity * integer(1, 6)) / 20) : 0,
      };
    });
    made.push({
      customer,
      placedAt,
      currency,
      items,
      shippingCents: Math.round((chance(0.4) ? 0 : 690) / usdPer[currency]),
      guest: chance(0.02),
      forgotten: chance(0.001),
      outcome: pick([
        'delivered',
        'delivered',
        'delivered',
        'delivered',
        'delivered',
        'shipped',
        'returned',
        'cancelled',
      ]),
      outcomeAt: placedAt + integer(1, 45) * day + integer(0, 86_399) * 1_000,
      coupon: chance(0.1) ? pick(['WELCOME10', 'welcome10', 'SUMMER', 'FRIENDS']) : null,
    });
  }
  return made.sort((a, b) => a.placedAt - b.placedAt).map((order, i) => ({ id: 100_001 + i, ...order }));
}

// Every change of a customer appends a row; some rows were exported twice.
function writeCustomers() {
  const rows = [];
  for (const customer of customers) {
    const changes = chance(0.2) ? integer(1, 3) : 0;
    for (let version = 0; version <= changes; version++) {
      const updatedAt = customer.signedUpAt + version * integer(5, 60) * day;
      const email = chance(0.07) ? ` ${customer.email.toUpperCase()}` : customer.email;
      const row = csvRow([
        customer.id,
        version < changes && chance(0.3) ? null : email,
        customer.name,
        chance(0.02) ? null : pick(customer.country.spellings),
        localTime(customer.signedUpAt, customer.country),
        `${isoSecond(updatedAt)}Z`,
        chance(0.1) ? null : pick(['true', 'false', 'yes', 'no', 'Y', 'N']),
      ]);
      rows.push({ at: updatedAt, row });
      if (chance(0.02)) rows.push({ at: updatedAt, row });
    }
  }
  rows.sort((a, b) => a.at - b.at);
  const header = 'customer_id,email,full_name,country,signed_up_at,updated_at,newsletter';
  write('data/shop/customers.csv', [header, ...rows.map(({ row }) => row)]);
}

// One export a quarter: an order stands in the export of the quarter it was placed in, as it was then known,
// and again in that of the quarter in which it reached its final state.
function writeOrders() {
  /** @type {Map<string, string[]>} */
  const exports = new Map();
  const add = (/** @type {number} */ at, /** @type {string} */ row) => {
    const quarter = quarterOf(Math.min(at, shopEnds - 1));
    exports.set(quarter, exports.get(quarter) ?? []);
    exports.get(quarter)?.push(row);
  };
  for (const order of orders) {
    const row = (/** @type {string} */ status, /** @type {number} */ updatedAt) =>
      csvRow([
        order.id,
        order.guest ? null : order.forgotten ? 90_000 + (order.id % 100) : order.customer.id,
        messyStatus(status),
        localTime(order.placedAt, order.customer.country),
        `${isoSecond(updatedAt)}Z`,
        chance(0.03) ? order.currency.toLowerCase() : order.currency,
        order.shippingCents,
        order.coupon,
      ]);
    const known = quarterOf(order.placedAt) === quarterOf(order.outcomeAt);
    const first = known ? row(order.outcome, order.outcomeAt) : row('placed', order.placedAt);
    add(order.placedAt, first);
    if (chance(0.01)) add(order.placedAt, first);
    if (!known && order.outcomeAt < shopEnds) add(order.outcomeAt, row(order.outcome, order.outcomeAt));
  }
  const header = 'order_id,customer_id,status,ordered_at,updated_at,currency,shipping_cents,coupon';
  for (const [quarter, rows] of exports) write(`data/shop/orders/orders-${quarter}.csv`, [header, ...rows]);
}

function writeOrderItems() {
  const rows = ['order_id,line,product_id,quantity,unit_price_cents,discount_cents'];
  for (const order of orders) {
    for (const item of order.items) {
      const quantity = chance(0.002) ? null : item.quantity;
      const discount = item.discountCents === 0 && chance(0.5) ? null : item.discountCents;
      const row = csvRow([order.id, item.line, item.productId, quantity, item.unitPriceCents, discount]);
      rows.push(row);
      if (chance(0.005)) rows.push(row);
    }
  }
  write('data/shop/order_items.csv.gz', rows);
}

// The tracker delivers at least once and not in order: some events come twice or a month late, a few are cut off.
function writeClicks() {
  /** @type {Map<string, string[]>} */
  const files = new Map();
  let count = 0;
  const sessions = makeSessions();
  for (const session of sessions) {
    let at = session.startedAt;
    for (const step of session.steps) {
      const event = {
        id: (count++).toString(36).padStart(4, '0'),
        type: step.type,
        ts: at,
        visitor: { id: session.visitor, ...(session.userId !== null && { user_id: session.userId }) },
        device: { kind: session.device, ...(chance(0.9) && { os: session.os }) },
        page: {
          path: step.path,
          ...(session.channel !== null && step.first && { utm: { source: session.channel, medium: 'web' } }),
        },
        ...(step.products && { products: step.products }),
        ...(step.orderId && { order_id: step.orderId }),
      };
      const line = JSON.stringify(event);
      const late = chance(0.01) ? 30 * day : 0;
      const deliver = (/** @type {number} */ when, /** @type {string} */ text) => {
        const month = isoDate(Math.min(when, shopEnds - 1)).slice(0, 7);
        files.set(month, files.get(month) ?? []);
        files.get(month)?.push(text);
      };
      deliver(at + late, line);
      if (chance(0.015)) deliver(at + (chance(0.3) ? 30 * day : 0), line);
      if (chance(0.0001)) deliver(at, line.slice(0, Math.floor(line.length / 2)));
      at += integer(3_000, 6 * minute);
    }
  }
  for (const [month, lines] of files) write(`data/web/clicks-${month}.ndjson.gz`, lines);
}

/** Visits in the order in which they began: those that led to an order, and those that did not. */
function makeSessions() {
  const tracked = orders.filter((order) => order.placedAt >= trackingStarts + day && chance(0.55));
  const visits = tracked.map((order) => visit(order.placedAt - integer(20, 40) * minute, order));
  while (visits.length < 11_000)
    visits.push(visit(trackingStarts + Math.floor(random() * (shopEnds - trackingStarts - day)), null));
  return visits.sort((a, b) => a.startedAt - b.startedAt);
}

/**
 * @param {number} startedAt
 * @param {(typeof orders)[number] | null} order
 */
function visit(startedAt, order) {
  const customer = order && !order.guest ? order.customer : chance(0.3) ? pick(customers) : null;
  const device = pick(['mobile', 'mobile', 'desktop', 'tablet']);
  /** @type {{ type: string, path: string, first?: boolean, products?: { sku: string, position: number }[], orderId?: number }[]} */
  const steps = [{ type: 'page_view', path: pick(['/', '/sale', '/c/kitchen', '/c/outdoor']), first: true }];
  const seen = order
    ? order.items.slice(0, 3).map((item) => products[item.productId - 1])
    : Array.from({ length: skewed(7) }, () => products[skewed(products.length)]);
  for (const [i, product] of seen.entries()) {
    if (!product) continue;
    steps.push({
      type: 'product_view',
      path: `/p/${product.sku}`,
      products: [{ sku: product.sku, position: i + 1 }],
    });
    if (order || chance(0.2))
      steps.push({
        type: 'add_to_cart',
        path: `/p/${product.sku}`,
        products: [{ sku: product.sku, position: i + 1 }],
      });
  }
  const cart = steps.filter((step) => step.type === 'add_to_cart').flatMap((step) => step.products ?? []);
  if (order || (cart.length > 0 && chance(0.4)))
    steps.push({ type: 'checkout', path: '/checkout', products: cart });
  if (order) steps.push({ type: 'purchase', path: '/thanks', products: cart, orderId: order.id });
  return {
    startedAt,
    visitor: customer
      ? `c${((customer.id * 2_654_435_761) % 4_294_967_296).toString(36)}`
      : `a${integer(0, 36 ** 6 - 1).toString(36)}`,
    userId: customer && (order || chance(0.5)) ? customer.id : null,
    device,
    os: device === 'desktop' ? pick(['windows', 'macos', 'linux']) : pick(['ios', 'android']),
    channel: pick(channels),
    steps,
  };
}

// Rates are fixed on Mondays: a day takes the last one before it.
function writeCurrencyRates() {
  const rows = ['valid_from,currency,usd_rate'];
  const rates = { ...usdPer };
  for (let monday = shopOpens; monday < shopEnds; monday += 7 * day) {
    for (const currency of /** @type {(keyof typeof rates)[]} */ (['CHF', 'EUR', 'GBP', 'SEK'])) {
      rates[currency] *= 1 + (random() - 0.5) * 0.012;
      rows.push(csvRow([isoDate(monday), currency, rates[currency].toFixed(6)]));
    }
    rows.push(csvRow([isoDate(monday), 'USD', '1.000000']));
  }
  write('seeds/currency_rates.csv', rows);
}

async function writeProducts() {
  const rows = products.map(
    (p) =>
      `(${p.id}, '${p.sku}', '${p.name}', '${p.category}', ${JSON.stringify(p.tags).replaceAll('"', "'")}::varchar[], ${p.priceCents}, ` +
      `${p.weightGrams}, ${p.size ? `{width: ${p.size.width}, height: ${p.size.height}, depth: ${p.size.depth}}` : 'null'}, ` +
      `${p.active}, date '${p.createdOn}')`,
  );
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const columns =
    'product_id, sku, name, category, tags, list_price_cents, weight_grams, size_cm, active, created_on';
  const path = join(root, 'data/shop/products.parquet').replaceAll("'", "''");
  await connection.run(
    `copy (select * from (values ${rows.join(',\n')}) as t(${columns})) to '${path}' (format parquet, compression zstd)`,
  );
  connection.disconnectSync();
  instance.closeSync();
}

/** @param {string} path @param {readonly string[]} lines */
function write(path, lines) {
  const target = join(root, path);
  mkdirSync(join(target, '..'), { recursive: true });
  const text = `${lines.join('\n')}\n`;
  if (!path.endsWith('.gz')) return writeFileSync(target, text);
  const bytes = gzipSync(text, { level: 9 });
  bytes[9] = 255; // The header's operating system: unknown, on every machine.
  writeFileSync(target, bytes);
}

function messyStatus(/** @type {string} */ status) {
  if (status === 'cancelled' && chance(0.4)) return 'canceled';
  if (chance(0.05)) return status.toUpperCase();
  if (chance(0.03)) return ` ${status}`;
  return chance(0.05) ? `${status[0]?.toUpperCase()}${status.slice(1)}` : status;
}

/** The shop's clients write their own clock and its offset from UTC, or UTC and a Z. */
function localTime(/** @type {number} */ at, /** @type {(typeof countries)[number]} */ country) {
  if (chance(0.1)) return `${isoSecond(at)}Z`;
  const summer = country.dst && at >= lastSunday(at, 2) && at < lastSunday(at, 9);
  const offset = country.offset + (summer ? 60 : 0);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const sign = offset < 0 ? '-' : '+';
  return `${isoSecond(at + offset * minute)}${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
