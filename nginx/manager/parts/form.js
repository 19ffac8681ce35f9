// A form. Whatever fails, what was typed stays; an error stands at the field that the API names.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { makeField } from './field.js';

/**
 * Fields, and a button that runs `submit(values, changes)`: all values by name, and those that differ from what was shown.
 * Answers `{node, focus, isChanged, values, field, replace}`.
 */
export function form({ fields, submitLabel, submit, cancel, danger = false, extra }) {
  let made = new Map();
  const grid = h('div', { class: 'form-grid' });
  const problem = h('div', { class: 'notice bad', role: 'alert', hidden: true });
  const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, submitLabel);
  const node = h('form', { novalidate: true, autocomplete: 'off', onsubmit: onSubmit }, grid, extra, problem,
    h('div', { class: 'form-actions' }, cancel && h('button', { type: 'button', onclick: cancel }, t('Cancel')), go));

  /** Other fields; those of the same name keep what was typed. */
  function replace(next) {
    const kept = new Map([...made].filter(([, field]) => field.isChanged()).map(([name, field]) => [name, field.input]));
    made = new Map(next.map((field) => [field.name, makeField(field)]));
    for (const [name, input] of kept) {
      const field = made.get(name);
      if (field?.input.type !== input.type) continue;
      if (input.type === 'checkbox') field.input.checked = input.checked;
      else field.input.value = input.value;
    }
    const nodes = [];
    let folded = null;
    for (const field of next) {
      if (field.folded) folded ??= h('div', { class: 'form-grid' });
      if (field.folded) folded.append(made.get(field.name).node);
      else nodes.push(made.get(field.name).node);
    }
    if (folded) nodes.push(h('details', { class: 'field-wide' }, h('summary', {}, t('More settings')), folded));
    grid.replaceChildren(...nodes);
  }

  function read() {
    const values = {};
    const changes = {};
    let first = null;
    for (const [name, field] of made) {
      try {
        values[name] = field.read();
        if (field.isChanged()) changes[name] = values[name];
        field.fault(null);
      } catch (error) {
        field.fault(error.message);
        first ??= field;
      }
    }
    if (!first) return { values, changes };
    reveal(first);
    return null;
  }

  function reveal(field) {
    const details = field.node.closest('details');
    if (details) details.open = true;
    field.focus();
  }

  function show(error) {
    const field = made.get(error.param?.split(/[.[]/)[0]) ?? made.get(error.param?.split('.').at(-1));
    if (field) {
      field.fault(error.message);
      reveal(field);
      return;
    }
    problem.replaceChildren(h('p', {}, error.message),
      error.requestID ? h('p', { class: 'faint' }, t('Request id'), ' ', h('code', {}, error.requestID)) : '');
    problem.hidden = false;
  }

  async function onSubmit(event) {
    event.preventDefault();
    problem.hidden = true;
    const typed = read();
    if (!typed || go.disabled) return;
    go.disabled = true;
    node.setAttribute('aria-busy', 'true');
    try {
      await submit(typed.values, typed.changes);
    } catch (error) {
      show(error);
    } finally {
      go.disabled = false;
      node.removeAttribute('aria-busy');
    }
  }

  replace(fields);
  return {
    node, replace, read,
    field: (name) => made.get(name),
    focus: () => (made.values().next().value ?? { focus: () => go.focus() }).focus(),
    isChanged: () => [...made.values()].some((field) => field.isChanged()),
  };
}
