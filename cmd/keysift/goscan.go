package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/gocheck"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// An allowFunc says whether a comment allows a finding, see scan.Options.
type allowFunc func(path string, rule *rules.Rule, line, before []byte) (*scan.Suppression, string)

// A goPasses adds what the analyzers of Go find to what a scan of text does.
// It is the source of that scan, too, to learn which Go files there are.
type goPasses struct {
	scan.Source
	set   *rules.Set
	off   func(id string) bool // whether findings of a rule are left out
	mu    sync.Mutex
	files map[string]scan.Exposure // Go files on disk, by path
}

func newGoPasses(src scan.Source, set *rules.Set, off func(id string) bool) *goPasses {
	return &goPasses{Source: src, set: set, off: off, files: map[string]scan.Exposure{}}
}

// Chunks yields those of the source.
func (g *goPasses) Chunks(ctx context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		for c, err := range g.Source.Chunks(ctx) {
			if err == nil && strings.HasSuffix(c.Path, ".go") {
				g.note(c)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func (g *goPasses) note(c *scan.Chunk) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.files[c.Path]; known {
		return
	}
	if st, err := os.Lstat(filepath.FromSlash(c.Path)); err == nil && st.Mode().IsRegular() {
		g.files[c.Path] = c.Exposure
	}
}

// add yields text, and at its end what the analyzers find. A constant that both
// find is one finding: that of the text, as sure as the surer of the two.
func (g *goPasses) add(ctx context.Context, text iter.Seq2[scan.Finding, error], allow allowFunc) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		held := map[string][]scan.Finding{}
		for f, err := range text {
			if err == nil && g.has(f.Path) {
				held[f.Path] = append(held[f.Path], f)
				continue
			}
			if !yield(f, err) {
				return
			}
		}
		for f, err := range gocheck.Check(ctx, g.set, g.paths()) {
			if err == nil && (g.off(f.Rule.ID) || merge(held[f.Path], &f)) {
				continue
			}
			if err == nil {
				f.Exposure = g.files[f.Path]
				comment(&f, allow)
			}
			if !yield(f, err) {
				return
			}
		}
		for _, path := range g.paths() {
			for _, f := range held[path] {
				if !yield(f, nil) {
					return
				}
			}
		}
	}
}

func (g *goPasses) has(path string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.files[path]
	return ok
}

func (g *goPasses) paths() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []string
	for p := range g.files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// merge makes one of a finding of the analyzers and one of the text that has
// the same constant. It reports false if there is none.
func merge(text []scan.Finding, f *scan.Finding) bool {
	if f.Secret.Len() == 0 {
		return false
	}
	for i := range text {
		t := &text[i]
		if t.Secret.Len() == 0 || t.End.Byte <= f.Start.Byte || f.End.Byte <= t.Start.Byte {
			continue
		}
		if f.Confidence > t.Confidence {
			t.Confidence, t.Score, t.Reason = f.Confidence, max(t.Score, f.Score), f.Reason
		}
		if t.Hint == "" {
			t.Hint = f.Hint
		}
		return true
	}
	return false
}

// maxCommentLine bounds the lines in which a comment is looked for, in bytes.
const maxCommentLine = 4096

// comment asks whether a comment allows a finding of the analyzers.
func comment(f *scan.Finding, allow allowFunc) {
	data, err := os.ReadFile(filepath.FromSlash(f.Path))
	if err != nil || f.Start.Byte > int64(len(data)) || allow == nil {
		return
	}
	line, before := linesAt(string(data), int(f.Start.Byte))
	suppressed, hint := allow(f.Path, f.Rule, []byte(line), []byte(before))
	f.Suppressed = suppressed
	if hint != "" {
		f.Hint = strings.TrimPrefix(fmt.Sprintf("%s; %s", f.Hint, hint), "; ")
	}
}

// linesAt returns the line of text at an offset and the one before it, cut to
// maxCommentLine.
func linesAt(text string, at int) (line, before string) {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	line, _, _ = strings.Cut(text[start:], "\n")
	if start > 0 {
		before = text[strings.LastIndexByte(text[:start-1], '\n')+1 : start-1]
	}
	return line[:min(len(line), maxCommentLine)], before[:min(len(before), maxCommentLine)]
}
