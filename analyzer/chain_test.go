package analyzer_test

import (
	"slices"
	"testing"

	"github.com/keysift/keysift/analyzer"
)

// TestChain checks that the way to the sink is told as far as it goes, across
// packages and through generic functions.
func TestChain(t *testing.T) {
	results := run(t, analyzer.CredLog, map[string]string{
		"chain/deep/a.go": `package deep

import "log"

func Tell(s string) { pass(s) }

func pass(s string) { write(s) }

func write(s string) { log.Println(s) }
`,
		"chain/use/a.go": `package use

import (
	"chain/deep"
	"log"
)

func show[T any](v T) { log.Printf("%v", v) }

func a(password string) { deep.Tell(password) } // want "parameter password is written by Tell"

func b(password string) { show(password) } // want "parameter password is written by show"
`,
	})
	var got []string
	for _, r := range results {
		for _, d := range r.Diagnostics {
			for _, rel := range d.Related {
				got = append(got, rel.Message)
			}
		}
	}
	for _, want := range []string{
		"Tell passes it on to pass (a.go:5), that to write (a.go:7), that to log.Println (a.go:9)",
		"show passes it on to log.Printf (a.go:8)",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("related information = %q, want %q in it", got, want)
		}
	}
}
