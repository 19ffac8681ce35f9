// English is the source and the key; other languages are dictionaries from it. `{name}` in a text is replaced.

import { preference, prefer } from './preferences.js';

const dictionaries = { en: () => ({}), zh: async () => (await import('../languages/zh.js')).default };
export const LANGUAGES = { en: 'English', zh: '中文' };

let current = 'en';
let words = {};

export const language = () => (current === 'zh' ? 'zh-CN' : 'en-GB');
export const languageCode = () => current;

/** The chosen language, else the browser's first that there is. */
export async function startLanguage() {
  const wanted = [preference('language'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  await use(wanted.find((code) => code in dictionaries) ?? 'en');
}

export async function chooseLanguage(code) {
  prefer('language', code);
  await use(code);
}

async function use(code) {
  words = await dictionaries[code]();
  current = code;
  document.documentElement.lang = language();
}

/** A text of the page in the reader's language. */
export function t(text, values = {}) {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The same about a number, which `{count}` stands for: `one` where the reader's language has a word of its own for one of it. */
export function counted(number, one, many, values = {}) {
  const isOne = new Intl.PluralRules(language()).select(number) === 'one';
  return t(isOne ? one : many, { count: number, ...values });
}
