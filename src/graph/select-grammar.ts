/** One selector without commas or spaces, such as `2+tag:nightly+`. */
export interface SelectorTerm {
  readonly text: string;
  /** UTF-16 offsets in the text it was parsed from. */
  readonly start: number;
  readonly end: number;
  /** `@`: descendants too, with all that those need. */
  readonly buildable: boolean;
  /** How many steps of ancestors to add; 0 for none. */
  readonly parentDepth: number;
  readonly childDepth: number;
  /** `tag` in `tag:nightly`; `config` in `config.materialized:view`. Always set: bare words get theirs here. */
  readonly method: string;
  /** `materialized` in `config.materialized:view`. */
  readonly argument: string;
  readonly value: string;
}

/** Terms joined by commas: a node must meet all of them. */
export interface SelectorItem {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly terms: readonly SelectorTerm[];
}

/** Why a text is no selector, and where. */
export interface SelectorError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

const termPattern = /^(@)?(?:(\d*)\+)?(?:([A-Za-z_]\w*)(?:\.([\w.-]+))?:)?(.*?)(?:\+(\d*))?$/;

/** Parses items separated by spaces, of which a node must meet one. */
export function parseSelectors(text: string): { items: SelectorItem[]; errors: SelectorError[] } {
  const items: SelectorItem[] = [];
  const errors: SelectorError[] = [];
  for (const match of text.matchAll(/\S+/g)) {
    const terms: SelectorTerm[] = [];
    let start = match.index;
    for (const part of match[0].split(',')) {
      const term = part === '' ? emptyPart(match.index, match[0]) : parseTerm(part, start);
      if ('message' in term) errors.push(term);
      else terms.push(term);
      start += part.length + 1;
    }
    items.push({ text: match[0], start: match.index, end: match.index + match[0].length, terms });
  }
  return {
    items,
    errors: errors.filter((error, i) => errors.findIndex((e) => e.start === error.start) === i),
  };
}

function emptyPart(itemStart: number, item: string): SelectorError {
  const at = itemStart + Math.max(0, item.search(/^,|,,|,$/));
  return {
    message: 'A comma joins two selectors, and one of them is missing.',
    start: at,
    end: at + 1,
    hint: 'write a,b without spaces for what meets both, and a b for what meets either.',
  };
}

function parseTerm(text: string, start: number): SelectorTerm | SelectorError {
  const end = start + text.length;
  const [, at, parents, method, argument, value = '', children] = termPattern.exec(text) ?? [];
  if (value === '') {
    return {
      message: `The selector "${text}" names nothing.`,
      start,
      end,
      hint: 'name a model, or use a method such as tag:nightly.',
    };
  }
  if (at && (parents !== undefined || children !== undefined)) {
    return {
      message: 'The prefix @ already takes in parents and children; it goes with no +.',
      start,
      end,
      hint: `write @${value} or ${value}+.`,
    };
  }
  const stray = /[@+]/.exec(value);
  if (stray) {
    const position = end - (children === undefined ? 0 : children.length + 1) - value.length + stray.index;
    return {
      message: `Unexpected "${stray[0]}" in the selector "${text}".`,
      start: position,
      end: position + 1,
      hint: '+ stands before or after a name, @ only before it.',
    };
  }
  return {
    text,
    start,
    end,
    buildable: at !== undefined,
    parentDepth: depth(parents),
    childDepth: depth(children),
    method: method ?? methodOf(value),
    argument: argument ?? '',
    value,
  };
}

function depth(digits: string | undefined): number {
  if (digits === undefined) return 0;
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits);
}

/** What a bare word means: a path, a file's name, or a node's name. */
function methodOf(value: string): string {
  if (value.includes('/')) return 'path';
  return /\.(sql|ts|csv|ya?ml)$/.test(value) ? 'file' : 'fqn';
}
