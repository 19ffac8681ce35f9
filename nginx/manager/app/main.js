// Starts the page: the reader's theme and language, then the session, then the room that the address names.

import { api, APIError, whenKeyIsRefused } from './api.js';
import { startLanguage, t } from './i18n.js';
import { session } from './session.js';
import { refusal, signInView } from './signin.js';
import { shell } from './shell.js';
import { startTheme } from './theme.js';

const root = document.getElementById('app');
let current = null;

function showSignIn(reason) {
  current?.leave();
  current = null;
  root.replaceChildren(signInView({ reason, signedIn: showShell, again: () => showSignIn(reason) }));
}

function showShell() {
  current?.leave();
  current = shell({ signOut, again: showShell });
  root.replaceChildren(current.node);
  current.show();
}

function signOut() {
  session.end();
  showSignIn(null);
}

async function resume() {
  if (!session.key) return showSignIn(null);
  try {
    session.update(await api.get('user/api-key/mine'));
    showShell();
  } catch (error) {
    // A refused key has led to the sign-in already; anything else may pass, so the key stays.
    if (!(error instanceof APIError) || error.status !== 401) showSignIn(error.message);
  }
}

startTheme();
await startLanguage();
whenKeyIsRefused((message) => {
  // Of several calls on their way only the first is told.
  if (!session.key) return;
  session.end();
  showSignIn(t('You were signed out. {reason}', { reason: refusal(message) }));
});
addEventListener('hashchange', () => current?.show());
await resume();
