// Talks to the fake Slack with the official clients. What it sees it prints, one
// JSON object a line; the Go test compares.
//   node oracle.cjs FOLDER web|http|socket
// FOLDER holds node_modules. API_URL, BOT_TOKEN, APP_TOKEN and SIGNING_SECRET are
// in the environment.
const path = require('node:path');
const { createRequire } = require('node:module');

const [folder, mode] = process.argv.slice(2);
const from = createRequire(path.join(folder, 'node_modules', 'x'));
const { WebClient, LogLevel } = from('@slack/web-api');
const { App, HTTPReceiver } = from('@slack/bolt');

const env = process.env;
const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
const code = async (promise) => { try { await promise; return ''; } catch (e) { return (e.data && e.data.error) || e.code || String(e); } };
const quiet = { debug() {}, info() {}, warn() {}, error(...words) { console.error(...words); }, setLevel() {}, getLevel() { return LogLevel.ERROR; }, setName() {} };

const view = {
  type: 'modal', callback_id: 'voices.concern', private_metadata: 'opaque',
  title: { type: 'plain_text', text: 'A concern' }, submit: { type: 'plain_text', text: 'Send' },
  blocks: [{ type: 'input', block_id: 'words', label: { type: 'plain_text', text: 'Your concern' }, element: { type: 'plain_text_input', action_id: 'value' } }],
};

async function web() {
  const web = new WebClient(env.BOT_TOKEN, { slackApiUrl: env.API_URL, logger: quiet });
  const me = await web.auth.test();
  say('auth.test', { user: me.user_id, team: me.team_id, bot: me.bot_id });
  const posted = await web.chat.postMessage({
    channel: 'C0GENERAL', text: 'Friday roundup', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Seven things' } }],
    metadata: { event_type: 'evangelist_part', event_payload: { id: 'part-1' } },
  });
  const updated = await web.chat.update({ channel: posted.channel, ts: posted.ts, text: 'Friday roundup', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Eight things' } }] });
  say('chat', { channel: posted.channel, same: posted.ts === updated.ts, text: updated.message.blocks[0].text.text });
  for (const all of [true, false]) {
    const history = await web.conversations.history({ channel: posted.channel, include_all_metadata: all });
    say('history', { all, count: history.messages.length, metadata: history.messages[0].metadata });
  }
  let users = 0;
  let pages = 0;
  for await (const page of web.paginate('users.list', { limit: 2 })) { users += page.members.length; pages += 1; }
  say('users.list', { users, pages });
  say('views.open', { error: await code(web.views.open({ trigger_id: '1.2.3', view })) });
  const opened = await web.views.open({ trigger_id: env.TRIGGER, view });
  say('views.open', { error: '', title: opened.view.title.text, callback: opened.view.callback_id });
  say('refused', {
    stranger: await code(web.chat.postMessage({ channel: 'C0OTHER', text: 'x' })),
    scope: await code(web.conversations.join({ channel: 'C0OTHER' })),
  });
}

function listen(app) {
  app.event('message', async ({ event, body }) => say('message', { text: event.text, id: body.event_id }));
  app.event('reaction_added', async ({ event }) => say('reaction_added', { reaction: event.reaction }));
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Welcome' } }] } });
  });
  app.command('/concern', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view });
    say('command', { text: body.text, team: body.team_id });
  });
  app.command('/digest', async ({ ack, respond }) => {
    await ack('At once');
    await respond({ response_type: 'ephemeral', text: 'And later' });
  });
  app.view('voices.concern', async ({ ack, view: sent }) => {
    const words = sent.state.values.words.value.value;
    say('view', { words, secret: sent.private_metadata });
    if (words === 'short') await ack({ response_action: 'errors', errors: { words: 'Please say more.' } });
    else await ack();
  });
  app.action('digest.useful#1', async ({ ack, action, respond }) => {
    await ack();
    say('action', { value: action.value, block: action.block_id });
    await respond({ replace_original: false, text: 'Noted' });
  });
  app.shortcut('digest.share', async ({ ack, shortcut }) => { await ack(); say('shortcut', { type: shortcut.type, message: shortcut.message && shortcut.message.text }); });
  app.error(async (error) => say('error', { error: String(error) }));
}

async function http() {
  const receiver = new HTTPReceiver({ signingSecret: env.SIGNING_SECRET, endpoints: ['/slack/events', '/slack/commands', '/slack/interactions'], port: 0, logger: quiet });
  const app = new App({ token: env.BOT_TOKEN, receiver, logger: quiet, ignoreSelf: false, clientOptions: { slackApiUrl: env.API_URL } });
  listen(app);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  say('listening', { port: server.address().port });
}

async function socket() {
  const app = new App({ token: env.BOT_TOKEN, appToken: env.APP_TOKEN, socketMode: true, logger: quiet, ignoreSelf: false, clientOptions: { slackApiUrl: env.API_URL } });
  listen(app);
  await app.start();
  say('listening', { port: 0 });
}

({ web, http, socket })[mode]().catch((e) => { console.error(e); process.exit(1); });
