package cards

// What a card of ours may hold: a part of Adaptive Cards 1.5, with the people
// picker that Teams adds. Each member says how its value is to be:
//
//	literal   text that is no markup, and neither date function nor mention
//	tame      text in which markdown finds nothing to act on
//	mentions  the same, but for mentions that the card declares
//	string    any text: it is not shown
//	a|b       one of these
//	bool, positive, scalar, width, address, data
//	[Kind]    a list of things of that kind; [element] of any element
//	Kind      one thing of that kind
//
// A member that ends in "!" is compulsory; a list that is, is not empty.
var cardRules = map[string]map[string]string{
	"AdaptiveCard": {
		"type": "AdaptiveCard!", "$schema": cardSchema, "version": cardVersion,
		"fallbackText": "tame", "body": "[element]!", "actions": "[action]", "msteams": "msteams",
	},
	"msteams":   {"width": "Full", "entities": "[mention]"},
	"mention":   {"type": "mention!", "text": "string!", "mentioned": "mentioned!"},
	"mentioned": {"id": "string!", "name": "tame!"},

	"TextBlock": {
		"type": "TextBlock!", "text": "mentions!", "wrap": "bool", "style": "heading",
		"size": sizes, "weight": weights, "isSubtle": "bool", "spacing": spacings, "separator": "bool",
	},
	"RichTextBlock": {"type": "RichTextBlock!", "inlines": "[TextRun]!", "spacing": spacings, "separator": "bool"},
	"TextRun": {
		"type": "TextRun!", "text": "literal!", "size": sizes, "weight": weights, "color": "Accent|Attention",
		"isSubtle": "bool", "italic": "bool", "fontType": "Monospace", "selectAction": "Action.OpenUrl",
	},
	"FactSet":   {"type": "FactSet!", "facts": "[fact]!", "spacing": spacings, "separator": "bool"},
	"fact":      {"title": "tame!", "value": "tame!"},
	"Container": {"type": "Container!", "items": "[element]!", "style": "emphasis|attention", "spacing": spacings, "separator": "bool"},
	"ColumnSet": {"type": "ColumnSet!", "columns": "[Column]!", "spacing": spacings, "separator": "bool"},
	"Column":    {"type": "Column!", "items": "[element]!", "width": "width!", "spacing": "Small"},
	"Table":     {"type": "Table!", "columns": "[column]!", "rows": "[TableRow]!", "spacing": spacings, "separator": "bool"},
	"column":    {"width": "positive!"},
	"TableRow":  {"type": "TableRow!", "cells": "[TableCell]!"},
	"TableCell": {"type": "TableCell!", "items": "[element]!"},
	"ActionSet": {"type": "ActionSet!", "actions": "[action]!", "spacing": spacings, "separator": "bool"},

	"Action.OpenUrl": {"type": "Action.OpenUrl!", "url": "address!"},
	"Action.Execute": {
		"type": "Action.Execute!", "title": "literal!", "verb": "string!", "style": tones, "data": "data!", "fallback": "Action.Submit",
	},
	"Action.Submit":   {"type": "Action.Submit!", "title": "literal!", "style": tones, "data": "data!", "associatedInputs": "none"},
	"Action.ShowCard": {"type": "Action.ShowCard!", "title": "literal!", "style": tones, "card": "AdaptiveCard!"},

	"Input.Text": {
		"type": "Input.Text!", "id": "string!", "label": "tame!", "placeholder": "tame", "value": "scalar", "maxLength": "positive",
		"isMultiline": "bool", "isRequired": "bool", "errorMessage": "tame", "spacing": spacings, "separator": "bool",
	},
	"Input.ChoiceSet": {
		"type": "Input.ChoiceSet!", "id": "string!", "label": "tame!", "placeholder": "tame", "value": "scalar",
		"choices": "[choice]", "choices.data": "Data.Query", "isMultiSelect": "bool", "style": "compact|expanded|filtered", "wrap": "bool",
		"isRequired": "bool", "errorMessage": "tame", "spacing": spacings, "separator": "bool",
	},
	"choice":     {"title": "tame!", "value": "string!"},
	"Data.Query": {"type": "Data.Query!", "dataset": "graph.microsoft.com/users!"},
	"Input.Toggle": {
		"type": "Input.Toggle!", "id": "string!", "label": "tame", "title": "tame!", "value": "scalar", "valueOn": "yes!", "valueOff": "no!", "wrap": "bool",
		"isRequired": "bool", "errorMessage": "tame", "spacing": spacings, "separator": "bool",
	},
	"Input.Date":   plainInput("Input.Date"),
	"Input.Time":   plainInput("Input.Time"),
	"Input.Number": plainInput("Input.Number"),
}

const (
	sizes    = "Small|Medium|Large|ExtraLarge"
	weights  = "Bolder"
	spacings = "None|Small|Medium|Large"
	tones    = "positive|destructive"
)

func plainInput(kind string) map[string]string {
	return map[string]string{
		"type": kind + "!", "id": "string!", "label": "tame!", "placeholder": "tame", "value": "scalar",
		"isRequired": "bool", "errorMessage": "tame", "spacing": spacings, "separator": "bool",
	}
}
