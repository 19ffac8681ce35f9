// What a table is narrowed by. A search waits for a pause in the typing.

import { h, uniqueID } from '../app/element.js';
import { fromInput, toInput } from '../app/time.js';

const PAUSE = 250;

/**
 * `filters`: `{name, label, kind: 'search' | 'select' | 'time', options}`. `change` gets what is different, until the room is left:
 * the address is another room's then.
 */
export function filterBar(filters, wanted, change, signal) {
  const inputs = new Map();
  let waiting;
  const soon = (difference) => { clearTimeout(waiting); waiting = setTimeout(() => { if (!signal?.aborted) change(difference); }, PAUSE); };

  function control(filter, id) {
    const value = wanted[filter.name] ?? '';
    if (filter.kind === 'select') {
      const select = h('select', { id, onchange: () => change({ [filter.name]: select.value }) },
        filter.options.map(([option, label]) => h('option', { value: option, selected: String(option) === value }, label)));
      return select;
    }
    if (filter.kind === 'time') {
      const input = h('input', {
        id, type: 'datetime-local', value: toInput(value),
        onchange: () => change({ [filter.name]: fromInput(input.value) ?? '' }),
      });
      return input;
    }
    const input = h('input', {
      id, type: 'search', value, autocomplete: 'off', placeholder: filter.placeholder,
      oninput: () => soon({ [filter.name]: input.value.trim() }),
    });
    return input;
  }

  const node = h('form', { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
    filters.map((filter) => {
      const id = uniqueID('filter');
      const input = control(filter, id);
      inputs.set(filter.name, input);
      return h('div', { class: `filter ${filter.kind}` }, h('label', { for: id }, filter.label), input);
    }));
  return { node, clear: () => { clearTimeout(waiting); inputs.forEach((input) => { input.value = ''; }); } };
}
