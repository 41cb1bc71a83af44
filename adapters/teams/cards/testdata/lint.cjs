// Holds cards to the schema that the adaptivecards package carries, and their
// texts to markdown-it. Usage: node lint.cjs FOLDER CARDS.json, where FOLDER has
// node_modules. Prints a JSON list of what is wrong.
'use strict'
const path = require('path')
const fs = require('fs')
const modules = path.join(path.resolve(process.argv[2]), 'node_modules')
const AC = require(path.join(modules, 'adaptivecards/dist/adaptivecards.js'))
const markdown = require(path.join(modules, 'markdown-it'))({ html: true })
const cards = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'))
const problems = []
let pickers = 0 // of people, who are found while typing: they begin without choices

// Members that the package reads by hand, with the kind of what is in them.
const children = {
  AdaptiveCard: { body: '', actions: '', msteams: null }, Container: { items: '' }, Column: { items: '' }, TableCell: { items: '' },
  ColumnSet: { columns: 'Column' }, RichTextBlock: { inlines: 'TextRun' }, Table: { rows: 'TableRow', columns: 'column' }, TableRow: { cells: 'TableCell' },
  ActionSet: { actions: '' }, FactSet: { facts: 'Fact' }, 'Input.ChoiceSet': { choices: 'Choice', 'choices.data': 'Data.Query' },
  'Action.ShowCard': { card: 'AdaptiveCard' }, 'Action.Execute': { fallback: '' }, TextRun: { selectAction: '' },
}
const newer = new Set(['Input.ChoiceSet.choices.data', 'Data.Query.dataset']) // 1.6, and Teams with 1.5
const make = {
  AdaptiveCard: () => new AC.AdaptiveCard(), Column: () => new AC.Column(), TextRun: () => new AC.TextRun(), TableRow: () => new AC.TableRow(),
  TableCell: () => new AC.TableCell(), column: () => new AC.TableColumnDefinition(), Fact: () => new AC.Fact(), Choice: () => new AC.Choice(), 'Data.Query': () => new AC.DataQuery(),
}

function instance(kind) {
  if (make[kind]) return make[kind]()
  return AC.GlobalRegistry.elements.createInstance(kind, AC.Versions.v1_5) || AC.GlobalRegistry.actions.createInstance(kind, AC.Versions.v1_5)
}

function allowed(property, value) {
  if (property.values) {
    const names = property.enumType ? property.values.map((v) => property.enumType[v.value]) : property.values.map((v) => v.value)
    return names.some((name) => String(name).toLowerCase() === String(value).toLowerCase())
  }
  switch (property.constructor.name) {
    case 'StringProperty': return typeof value === 'string'
    case 'BoolProperty': return typeof value === 'boolean'
    case 'NumProperty': return typeof value === 'number'
  }
  return true
}

function walk(where, kind, object) {
  kind = kind || object.type
  const known = instance(kind)
  if (!known) return problems.push(`${where}: ${kind} is unknown in 1.5`)
  if (object['choices.data'] && object.choices.length === 0) pickers++
  const schema = known.getSchema()
  const properties = {}
  for (let i = 0; i < schema.getCount(); i++) properties[schema.getItemAt(i).name] = schema.getItemAt(i)
  for (const [member, value] of Object.entries(object)) {
    const property = properties[member]
    const inside = (children[kind] || {})[member]
    if (!property && inside === undefined) problems.push(`${where}: ${kind} has no member ${member}`)
    if (property) {
      const version = property.targetVersion
      if (version && version.compareTo(AC.Versions.v1_5) > 0 && !newer.has(kind + '.' + member)) problems.push(`${where}: ${kind}.${member} is newer than 1.5`)
      if (inside === undefined && !allowed(property, value)) problems.push(`${where}: ${kind}.${member} may not be ${JSON.stringify(value)}`)
    }
    if (typeof inside !== 'string') continue
    for (const [i, child] of (Array.isArray(value) ? value : [value]).entries()) walk(`${where}.${member}[${i}]`, inside, child)
  }
  for (const text of [kind === 'TextBlock' && object.text, kind === 'Fact' && object.title, kind === 'Fact' && object.value, kind === 'Choice' && object.title, kind === 'Input.Toggle' && object.title, object.errorMessage, object.fallbackText, object.label]) {
    if (text) inert(where, text)
  }
}

const unescape = (html) => html.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&')
const squeezed = (text) => text.replace(/\s+/g, ' ').trim()

function inert(where, text) {
  const html = markdown.render(text)
  const plain = html.replace(/<\/?p>/g, ' ').replace(/<br>\n?/g, ' ')
  if (/<[a-z]/i.test(plain) || squeezed(unescape(plain)) !== squeezed(text)) problems.push(`${where}: markdown acts on ${JSON.stringify(text)}: ${html}`)
}

for (const [name, card] of Object.entries(cards)) {
  pickers = 0
  walk(name, 'AdaptiveCard', card)
  const parsed = new AC.AdaptiveCard()
  const context = new AC.SerializationContext(AC.Versions.v1_6)
  parsed.parse(card, context)
  for (let i = 0; i < context.eventCount; i++) problems.push(`${name}: ${context.getEventAt(i).message}`)
  for (const event of parsed.validateProperties().validationEvents) {
    if (!/at least one choice/.test(event.message) || pickers-- <= 0) problems.push(`${name}: ${event.message}`)
  }
}
console.log(JSON.stringify(problems))
