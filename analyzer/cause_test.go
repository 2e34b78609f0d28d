package analyzer_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/keysift/keysift/analyzer"
)

// TestCauses holds reports to one a cause, which tells of the other places.
func TestCauses(t *testing.T) {
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{"api/api.go": `package api

import "net/http"

type client struct{ base, apiKey string }

func (c *client) url(path string) string { return c.base + path + "?k=" + c.apiKey }

func (c *client) one() { http.Get(c.url("/1")) } // want "field apiKey becomes part of a URL requested by http.Get"

func (c *client) two() { http.Get(c.url("/2")) }

func (c *client) three() { http.Head(c.url("/3")) }

func (c *client) four(path string) { http.Get(path + "?k=" + c.apiKey) } // want "field apiKey becomes part of a URL requested by http.Get"
`})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	for _, result := range analysistest.Run(t, dir, analyzer.CredURL, "api") {
		for _, d := range result.Diagnostics {
			var places []string
			for _, more := range d.Related {
				if strings.HasPrefix(more.Message, "and here") {
					places = append(places, result.Pass.Fset.Position(more.Pos).String())
				}
			}
			line := result.Pass.Fset.Position(d.Pos).Line
			if want := map[int]int{9: 2, 15: 0}[line]; len(places) != want {
				t.Errorf("line %d tells of %d further places, want %d: %q", line, len(places), want, places)
			}
		}
	}
}
