// The rooms of the page: who may enter, and where each is written. `one` is the room of a single row: `#/keys/3`.

export const ROOMS = {
  dashboard: { label: 'Dashboard', many: () => import('../rooms/dashboard.js') },
  keys: {
    label: 'Keys', admin: true, many: () => import('../rooms/keys.js'), one: () => import('../rooms/key.js'),
  },
  groups: {
    label: 'Groups', admin: true, many: () => import('../rooms/groups.js'), one: () => import('../rooms/group.js'),
  },
  models: {
    label: 'Models', many: () => import('../rooms/models.js'), one: () => import('../rooms/model.js'), adminOne: true,
  },
  playground: { label: 'Playground', many: () => import('../rooms/playground.js') },
  sessions: {
    label: 'Sessions', many: () => import('../rooms/sessions.js'), one: () => import('../rooms/session.js'),
  },
  threads: {
    label: 'Calls', many: () => import('../rooms/threads.js'), one: () => import('../rooms/thread.js'),
  },
  payments: { label: 'Payments', admin: true, many: () => import('../rooms/payments.js') },
  webhooks: {
    label: 'Webhooks', admin: true, many: () => import('../rooms/webhooks.js'), one: () => import('../rooms/webhook.js'),
  },
  audit: { label: 'Audit', admin: true, many: () => import('../rooms/audit.js') },
};

/** The rooms that this reader has, as `[name, room]`. */
export const roomsFor = (isAdmin) => Object.entries(ROOMS).filter(([, room]) => isAdmin || !room.admin);
