package report

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode"

	"github.com/keysift/keysift/internal/scan"
)

// hostileRun returns a run in which name stands wherever a name can.
func hostileRun(name string) *Run {
	c := NewCollector(CollectorOptions{
		Remedy: remedies,
		Enrich: func(r *Record, _ map[string]bool) {
			r.Owners = []string{name}
			r.History = &History{Introduced: &Event{Commit: "c0ffee", Author: name, Subject: name, Date: name}, Refs: []string{name}}
		},
	})
	for _, path := range []string{name, "dir/" + name} {
		f := finding(vendorRule(), strongSecret(1), path, 3)
		f.Exposure = scan.Staged
		f.Reason = name
		f.Decoded = []string{name}
		f.Identity = []scan.Identity{{Name: "user", Value: name}}
		c.Add(f, name)
	}
	if err := c.AddError(&scan.Incomplete{Reason: "unreadable", Path: name, Detail: name, Cure: name}); err != nil {
		panic(err)
	}
	return c.Collect(Summary{Version: "1"})
}

// checkFormats parses each format and looks for what a name must not do.
func checkFormats(t *testing.T, name string) {
	for _, format := range Formats() {
		got := render(t, hostileRun(name), format, Options{})
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: name %q: report holds %U:\n%q", format, name, r, got)
				break
			}
		}
		switch format {
		case "json", "sarif", "gitlab":
			if !json.Valid([]byte(got)) {
				t.Errorf("%s: name %q: no JSON: %q", format, name, got)
			}
		case "jsonl":
			for line := range strings.Lines(got) {
				if !json.Valid([]byte(line)) {
					t.Errorf("name %q: no JSON: %q", name, line)
				}
			}
		case "junit":
			checkXML(t, got)
		case "csv":
			rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
			if err != nil || len(rows) != 3 {
				t.Errorf("csv: name %q: %d rows, %v", name, len(rows), err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
						t.Errorf("csv: name %q: cell %q is a formula", name, cell)
					}
				}
			}
		case "github":
			for line := range strings.Lines(got) {
				if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::notice ") && !strings.HasPrefix(line, "::warning ") {
					t.Errorf("github: name %q: line %q", name, line)
				}
			}
		case "html":
			checkHTML(t, name, got)
		}
		if format == "text" || format == "markdown" || format == "html" {
			// A name that ends a line could begin one of its own making.
			if n, want := strings.Count(got, "\n"), strings.Count(render(t, hostileRun("plain"), format, Options{}), "\n"); n != want {
				t.Errorf("%s: name %q: %d lines, with a plain name %d", format, name, n, want)
			}
		}
	}
}

// checkHTML lets through only the tags that the report is made of.
func checkHTML(t *testing.T, name, got string) {
	t.Helper()
	body := got[strings.Index(got, "<main>"):]
	known := map[string]bool{
		"main": true, "h1": true, "h2": true, "h3": true, "h4": true, "p": true, "strong": true, "section": true, "ul": true, "li": true,
		"table": true, "caption": true, "thead": true, "tbody": true, "tr": true, "th": true, "td": true, "a": true, "code": true,
		"article": true, "dl": true, "dt": true, "dd": true, "ol": true, "br": true,
	}
	d := xml.NewDecoder(strings.NewReader("<html>" + strings.TrimPrefix(body, "<html>")[:strings.Index(body, "</body>")] + "</html>"))
	d.AutoClose = []string{"br"}
	d.Strict = false
	for {
		token, err := d.Token()
		if token == nil {
			if err != nil && err.Error() != "EOF" {
				t.Errorf("html: name %q: %v", name, err)
			}
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local == "html" {
			continue
		}
		if !known[start.Name.Local] {
			t.Errorf("html: name %q: tag %q", name, start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "#f") {
				t.Errorf("html: name %q: attribute %s=%q", name, a.Name.Local, a.Value)
			}
		}
	}
}

func TestHostileNames(t *testing.T) {
	for _, name := range hostileNames() {
		checkFormats(t, name)
	}
}

func FuzzNames(f *testing.F) {
	for _, name := range hostileNames() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" {
			t.Skip() // a place has a path
		}
		checkFormats(t, name)
	})
}
