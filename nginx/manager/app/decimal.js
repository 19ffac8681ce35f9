// Money is exact on the wire (up to 9 fractional digits) and stays so here: digits as text, never a floating-point number.

/** A JSON number that is no safe integer, kept as it was written. */
export class Decimal {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }

  toJSON() {
    return JSON.rawJSON(this.text);
  }
}

/** JSON with every number that a double could spoil as a `Decimal`. */
export function parseExact(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? new Decimal(context.source) : value);
}

const PLAIN = /^-?\d+(\.\d{1,9})?$/;

/** What was typed, trimmed, with the signs that Chinese and Japanese input methods make in full width as the plain ones. */
export const plainSigns = (typed) => typed.trim().replace(/\u2212/g, '-')
  .replace(/[\uFF04\uFF0C-\uFF0E\uFF10-\uFF19]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xFEE0));

/**
 * What somebody typed as a `Decimal`; null for nothing, undefined for what is no amount.
 * Takes digits with at most 9 after the point. A comma is nowhere taken: it divides thousands for some and ends whole dollars for others.
 */
export function readDecimal(typed) {
  const text = plainSigns(typed);
  if (text === '') return null;
  const digits = text.replace(/^(-?)\$/, '$1').replace(/^(-?)\./, '$10.');
  if (!PLAIN.test(digits)) return undefined;
  return new Decimal(digits.replace(/^(-?)0+(?=\d)/, '$1'));
}

/** A number from the API as billionths, for comparing and adding. */
export function billionths(value) {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [null, '', '0', ''];
  const amount = BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return sign ? -amount : amount;
}

/** Billionths as plain digits, without zeros at the end. */
export function fromBillionths(amount) {
  const sign = amount < 0n ? '-' : '';
  const digits = String(amount < 0n ? -amount : amount).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return sign + digits.slice(0, -9) + (fraction ? `.${fraction}` : '');
}
