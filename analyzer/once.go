package analyzer

import (
	"golang.org/x/tools/go/analysis"
)

// A kept is a diagnostic about a constant that waits for further places of it.
type kept struct {
	diagnostic analysis.Diagnostic
	places     int
	settings   []setting
}

// keep takes a diagnostic of a constant: the places of one secret become one
// report, of the first, with the others as related information.
func (c *checker) keep(d analysis.Diagnostic, more detail, from ...setting) {
	if !c.admit(&d, &more) {
		return
	}
	key := c.secretKey(&d, &more)
	if first := c.byKey[key]; first != nil {
		first.places++
		if first.places <= maxMore {
			first.diagnostic.Related = append(first.diagnostic.Related, analysis.RelatedInformation{Pos: d.Pos, End: d.End, Message: "and here"})
		}
		first.settings = append(first.settings, from...)
		return
	}
	k := &kept{diagnostic: d, settings: from}
	if key != "" {
		c.byKey[key] = k
	}
	c.kept = append(c.kept, k)
}

// secretKey says which secret a diagnostic is about. What is kept for tests is
// one thing to mend, whatever the number of its keys; and a word that people
// choose may be several passwords. "" stands for none but this place.
func (c *checker) secretKey(d *analysis.Diagnostic, more *detail) string {
	switch {
	case more.secret == "":
		return ""
	case more.rule != nil && isTestSupport(c.pass, d.Pos):
		return "rule " + more.rule.Rule.ID
	case more.rule != nil || isRandom(more.secret):
		return "value " + more.secret
	}
	return ""
}

// flush reports what was kept. Only now is it known what else the values are used
// for, and which names others have.
func (c *checker) flush() {
	for _, k := range c.kept {
		for i, s := range k.settings {
			fix := c.fix(s)
			if i == 0 {
				k.diagnostic.SuggestedFixes = fix
			} else {
				k.diagnostic.SuggestedFixes = joinFixes(k.diagnostic.SuggestedFixes, fix)
			}
		}
		c.pass.Report(k.diagnostic)
	}
}

// joinFixes adds the edits of the fix in b to those of the one in a, if each has
// one and they do not change the same text. Both may add the same import.
func joinFixes(a, b []analysis.SuggestedFix) []analysis.SuggestedFix {
	if len(a) != 1 || len(b) != 1 {
		return a
	}
	var more []analysis.TextEdit
	for _, edit := range b[0].TextEdits {
		if !hasEdit(a[0].TextEdits, edit) {
			more = append(more, edit)
		}
	}
	if !overlap(a[0].TextEdits, more) {
		a[0].TextEdits = append(a[0].TextEdits, more...)
	}
	return a
}

func hasEdit(edits []analysis.TextEdit, edit analysis.TextEdit) bool {
	for _, e := range edits {
		if e.Pos == edit.Pos && e.End == edit.End && string(e.NewText) == string(edit.NewText) {
			return true
		}
	}
	return false
}
