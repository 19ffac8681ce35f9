// Theme and language.

import { h } from './element.js';
import { LANGUAGES, chooseLanguage, languageCode, t } from './i18n.js';
import { isDark, switchTheme } from './theme.js';

/** `again` draws what is seen anew after the language has changed. */
export function switches(again) {
  const theme = h('button', { class: 'quiet', type: 'button', onclick: () => { switchTheme(); name(); } });
  const name = () => { theme.textContent = isDark() ? t('Light') : t('Dark'); };
  name();
  const language = h('select', {
    id: 'language', class: 'quiet', 'aria-label': t('Language'),
    onchange: async () => {
      await chooseLanguage(language.value);
      await again();
      document.getElementById('language')?.focus();
    },
  }, Object.entries(LANGUAGES).map(([code, label]) =>
    h('option', { value: code, selected: code === languageCode() }, label)));
  return h('div', { class: 'switches' }, theme, language);
}
