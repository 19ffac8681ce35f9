// Who is signed in. The key lives in sessionStorage: it ends with the tab, and no other tab or later visitor finds it.

const NAME = 'brook.key';

let row = null;

export const session = {
  get key() {
    return sessionStorage.getItem(NAME);
  },

  /** The signed-in key's row, as `/user/api-key/mine` answers it. */
  get row() {
    return row;
  },

  get isAdmin() {
    return row?.role === 'admin';
  },

  /** The folder of the API that rows of both roles are read from. */
  get scope() {
    return this.isAdmin ? 'admin' : 'user';
  },

  begin(key, newRow) {
    sessionStorage.setItem(NAME, key);
    row = newRow;
  },

  update(newRow) {
    row = newRow;
  },

  end() {
    sessionStorage.removeItem(NAME);
    row = null;
  },
};
