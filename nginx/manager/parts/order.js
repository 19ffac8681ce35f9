// A choice of several from a list, in an order: one is added, moved up or down, or taken out, with buttons that keys reach too.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { keepFocus } from './focus.js';

/** For field.js. `field.value`: names in their order; `field.options`: names to choose from. `raw()` is JSON. */
export function orderControl(field, kind, id, described) {
  let chosen = [...(field.value ?? [])];
  const list = h('ol', { class: 'order', 'aria-label': field.label });
  const input = h('select', { id, name: field.name, 'aria-describedby': described });
  const add = h('button', { type: 'button', onclick: addOne }, t('Add'));
  const adder = h('div', { class: 'order-add' }, input, add);
  const said = h('p', { class: 'visually-hidden', role: 'status' });

  function change(next) {
    chosen = next;
    keepFocus(list, draw);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function addOne() {
    if (!input.value) return input.focus();
    const name = input.value;
    change([...chosen, name]);
    said.textContent = t('{name} is number {place} of {count}.', { name, place: chosen.length, count: chosen.length });
    return input.focus();
  }

  function move(index, by) {
    const next = [...chosen];
    const [name] = next.splice(index, 1);
    next.splice(index + by, 0, name);
    change(next);
    const buttons = list.children[index + by].querySelectorAll('button');
    const wanted = buttons[by < 0 ? 0 : 1];
    (wanted.disabled ? buttons[by < 0 ? 1 : 0] : wanted).focus();
    said.textContent = t('{name} is number {place} of {count}.', { name, place: index + by + 1, count: chosen.length });
  }

  const one = (name, index) => h('li', {},
    h('span', { class: 'order-name' }, name, !field.options.includes(name) && h('span', { class: 'badge bad' }, t('no such model'))),
    step('↑', t('Move {name} up', { name }), index === 0, () => move(index, -1)),
    step('↓', t('Move {name} down', { name }), index === chosen.length - 1, () => move(index, 1)),
    step('×', t('Take {name} out', { name }), false, () => change(chosen.filter((other) => other !== name))));

  function draw() {
    list.replaceChildren(...chosen.map(one));
    list.hidden = chosen.length === 0;
    const free = field.options.filter((name) => !chosen.includes(name));
    input.replaceChildren(h('option', { value: '' }, free.length ? t('Choose a model') : t('No other model')),
      ...free.map((name) => h('option', { value: name }, name)));
  }

  draw();
  return {
    input, frame: h('div', { class: 'order-frame' }, list, adder, said), raw: () => JSON.stringify(chosen),
    put: (text) => { chosen = JSON.parse(text); draw(); },
  };
}

const step = (sign, label, disabled, onclick) => h('button', { type: 'button', class: 'small', 'aria-label': label, disabled, onclick }, sign);
