/**
 * Paths of nested columns, as people write them: `customer.address`, `items[].sku`, `prices[key]`,
 * `prices[value].amount`. A name that holds one of the path's own characters is quoted.
 */
export const columnPath = {
  field: (parent: string, name: string): string => {
    const part = /^[^.[\]"\s]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
    return parent === '' ? part : `${parent}.${part}`;
  },
  element: (parent: string): string => `${parent}[]`,
  key: (parent: string): string => `${parent}[key]`,
  value: (parent: string): string => `${parent}[value]`,
};
