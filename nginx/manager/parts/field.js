// One field of a form: label, control, help and error, tied together for those who hear the page.

import { Decimal, plainSigns, readDecimal } from '../app/decimal.js';
import { h, uniqueID } from '../app/element.js';
import { t } from '../app/i18n.js';
import { fromInput, toInput } from '../app/time.js';
import { orderControl } from './order.js';

function refuseCommas(typed) {
  if (plainSigns(typed).includes(',')) throw new Error(t('Write the decimal point as a point, without separators: 1234.5'));
}

/** How each kind is shown and read. `read` answers the value, or throws an `Error` that says what is wrong. */
const KINDS = {
  text: { read: (typed) => typed.trim() },
  password: { type: 'password', read: (typed) => typed.trim() },
  email: { type: 'email', read: (typed) => typed.trim() },
  longtext: { tag: 'textarea', read: (typed) => typed },
  money: {
    inputmode: 'decimal',
    read: (typed) => {
      refuseCommas(typed);
      const value = readDecimal(typed);
      if (value === undefined) throw new Error(t('Give an amount in dollars, such as 12.50, with at most 9 decimals.'));
      return value;
    },
  },
  integer: {
    inputmode: 'numeric',
    read: (typed) => {
      const text = plainSigns(typed);
      if (text === '') return null;
      if (!/^\d{1,15}$/.test(text)) throw new Error(t('Give a whole number.'));
      return Number(text);
    },
  },
  number: {
    inputmode: 'decimal',
    read: (typed) => {
      refuseCommas(typed);
      const text = plainSigns(typed);
      if (text === '') return null;
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(t('Give a number.'));
      return new Decimal(text);
    },
  },
  time: { type: 'datetime-local', show: toInput, read: fromInput },
  select: { tag: 'select', read: (typed) => typed },
  check: { type: 'checkbox' },
  order: { make: orderControl, read: (chosen) => JSON.parse(chosen) },
  json: {
    tag: 'textarea',
    show: (value) => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2)),
    read: (typed) => {
      if (typed.trim() === '') return null;
      try {
        return JSON.parse(typed, (_, value, context) =>
          typeof value === 'number' && !Number.isSafeInteger(value) ? new Decimal(context.source) : value);
      } catch (error) {
        throw new Error(t('This is not JSON: {problem}', { problem: error.message }));
      }
    },
  },
};

function control(field, kind, id, described) {
  const common = {
    id, name: field.name, 'aria-describedby': described, required: field.required && field.kind !== 'check',
    autocomplete: field.autocomplete ?? 'off', placeholder: field.placeholder, disabled: field.disabled,
  };
  const value = (kind.show ?? ((given) => (given === null || given === undefined ? '' : String(given))))(field.value);
  if (kind.tag === 'select') {
    return h('select', common, field.options.map(([option, label]) =>
      h('option', { value: option, selected: String(option) === value }, label)));
  }
  if (kind.tag === 'textarea') {
    const rows = field.rows ?? (field.kind === 'json' ? Math.min(12, Math.max(2, value.split('\n').length)) : 4);
    return h('textarea', { ...common, rows, class: field.kind === 'json' ? 'mono' : null, spellcheck: field.kind === 'json' ? 'false' : null, value });
  }
  if (kind.type === 'checkbox') return h('input', { ...common, type: 'checkbox', checked: Boolean(field.value) });
  return h('input', {
    ...common, type: kind.type ?? 'text', inputmode: kind.inputmode, maxlength: field.maxlength, value,
    spellcheck: field.spellcheck ?? null,
  });
}

/** A control of the platform's, with what is typed into it as `raw()`, which `put` sets. */
function plainControl(field, kind, id, described) {
  const input = control(field, kind, id, described);
  const member = kind.type === 'checkbox' ? 'checked' : 'value';
  const put = (value) => {
    // What can be chosen no more is not chosen.
    if (kind.tag !== 'select' || [...input.options].some((option) => option.value === value)) input[member] = value;
  };
  return { input, raw: () => input[member], put };
}

/**
 * `{node, input, read, raw, put, isChanged, fault, focus}` of `{name, label, kind, value, required, help, options, check, wide}`.
 * `fault(text)` shows what is wrong with it; `fault(null)` takes that away.
 */
export function makeField(field) {
  const kind = KINDS[field.kind ?? 'text'];
  const id = uniqueID('field');
  const isCheck = kind.type === 'checkbox';
  const helpID = `${id}-help`;
  const errorID = `${id}-error`;
  const described = [field.help && helpID, errorID].filter(Boolean).join(' ');
  const { input, frame, raw, put } = (kind.make ?? plainControl)(field, kind, id, described);
  const initial = raw();
  const error = h('p', { class: 'field-error', id: errorID });
  const label = h('label', { for: id }, field.label,
    field.required && !isCheck && h('span', { class: 'required', 'aria-hidden': 'true' }, ' *'));
  const help = field.help && h('p', { class: 'help', id: helpID }, field.help);
  const node = h('div', { class: `field ${field.wide ? 'field-wide' : ''} ${isCheck ? 'field-check' : ''}` },
    isCheck ? [input, label] : [label, frame ?? input], help, error);
  const fault = (text) => {
    error.textContent = text ?? '';
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  input.addEventListener('input', () => fault(null));
  return {
    node, input, fault, raw, put,
    kind: field.kind ?? 'text',
    focus: () => input.focus(),
    isChanged: () => raw() !== initial,
    read: () => {
      if (isCheck) return raw();
      if (field.required && raw().trim() === '') throw new Error(t('This is required.'));
      const value = kind.read(raw());
      const problem = field.check?.(value);
      if (problem) throw new Error(problem);
      return value;
    },
  };
}
