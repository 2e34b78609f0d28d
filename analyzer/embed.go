package analyzer

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Bounds on what is read of embedded files.
const (
	maxEmbedded      = 64      // files of one directive
	maxEmbeddedBytes = 1 << 20 // of one file
)

// embeds checks the files that go:embed directives of f take along.
func (c *checker) embeds(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			c.embedded(v, g.Doc)
			c.embedded(v, v.Doc)
		}
	}
}

func (c *checker) embedded(v *ast.ValueSpec, doc *ast.CommentGroup) {
	if doc == nil || len(v.Names) != 1 {
		return
	}
	for _, line := range doc.List {
		patterns, ok := strings.CutPrefix(line.Text, "//go:embed ")
		if !ok {
			continue
		}
		dir := filepath.Dir(c.pass.Fset.Position(v.Pos()).Filename)
		for _, name := range embedNames(dir, patterns) {
			c.embeddedFile(v.Names[0], dir, name)
		}
	}
}

// embedNames returns the files that the patterns of a directive name. A
// directory stands for the files right in it.
func embedNames(dir, patterns string) []string {
	var names []string
	for p := range strings.FieldsSeq(patterns) {
		if unquoted, err := strconv.Unquote(p); err == nil {
			p = unquoted
		}
		p = strings.TrimPrefix(p, "all:")
		if !filepath.IsLocal(filepath.FromSlash(p)) {
			continue
		}
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(p)))
		if err != nil {
			continue
		}
		for _, name := range found {
			if entries, err := os.ReadDir(name); err == nil {
				for _, e := range entries {
					names = append(names, filepath.Join(name, e.Name()))
				}
				continue
			}
			names = append(names, name)
		}
	}
	return names[:min(len(names), maxEmbedded)]
}

func (c *checker) embeddedFile(id *ast.Ident, dir, name string) {
	if isFixture(c.pass, id.Pos()) && !c.tests {
		return
	}
	st, err := os.Stat(name)
	if err != nil || !st.Mode().IsRegular() || st.Size() > maxEmbeddedBytes {
		return
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return
	}
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		rel = filepath.Base(name)
	}
	for _, f := range c.engine.Match(&scan.Chunk{Path: name, Data: data}) {
		if f.Confidence < rules.MediumConfidence || f.Rule.Severity == rules.None || strings.Contains(f.Rule.ID, "hash") {
			continue
		}
		c.report(analysis.Diagnostic{
			Pos: id.Pos(), End: id.End(), Category: f.Rule.ID, URL: stepURL(c.set, f.Rule),
			Message: "embedded file " + filepath.ToSlash(rel) + " holds " + withArticle(f.Rule.Title) + "; revoke and rotate it, and read it at run time",
		}, detail{rule: &f, secret: f.Secret.Reveal()})
		return
	}
	if class := c.env.classify(id.Name); isText(c.info.TypeOf(id)) && credible(strings.TrimSpace(string(data)), class, placeVar, id.Name) {
		c.report(analysis.Diagnostic{
			Pos: id.Pos(), End: id.End(), Category: ruleHardcoded,
			Message: "embedded file " + filepath.ToSlash(rel) + " is a credential; rotate it and read it at run time",
		}, detail{secret: strings.TrimSpace(string(data))})
	}
}

// withArticle returns a title with the article that its first sound asks for.
func withArticle(title string) string {
	word, _, _ := strings.Cut(title, " ")
	vowels := "AEIOaeio"
	if word == strings.ToUpper(word) || word == "npm" {
		vowels = "AEFHILMNORSXn" // it is spelt out
	}
	if title != "" && strings.ContainsRune(vowels, rune(title[0])) {
		return "an " + title
	}
	return "a " + title
}
