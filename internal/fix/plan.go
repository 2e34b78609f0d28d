package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/ignore"
	"github.com/keysift/keysift/internal/repo"
)

// Options say what a plan is made for.
type Options struct {
	Repo *repo.Repo
	// Top is the top folder of the work tree, without symbolic links.
	Top string
	// Index is the index, Head the tree of the commit that HEAD is at, zero
	// before the first one. Trees reads tree objects.
	Index *repo.Index
	Head  repo.Hash
	Trees repo.TreeReader
	// Lists returns the options of a Matcher that reads lists by read.
	Lists func(read func(string) ([]byte, error)) ignore.Options
	// Holds reports whether a text holds a credential: what it holds for is
	// never written to an example.
	Holds func(path string, text []byte) bool
	// Shown returns how a path of the work tree is named to whoever reads the
	// plan, Git the command by which git does something with it. Nil names paths
	// from the top folder.
	Shown func(rel string) string
	Git   func(command, rel string) string
}

// A Target is a file that is to be kept out of what goes along.
type Target struct {
	Rel     string // in the work tree
	Bare    bool   // to be ignored by its name wherever it stands
	Ignore  bool   // git has no list of the tree that ignores it
	Untrack bool   // the index has it
	Example bool   // an example with its names is wanted beside it
	Sets    []Set
}

// A Set is a published set that takes the file.
type Set struct {
	Dir  string // its folder, empty for the top
	Tool string // as in ignore.Set
}

// An Edit is the new content of a file.
type Edit struct {
	Rel      string
	Old, New []byte
	Created  bool
	Undo     string // how to take it back
	Hide     []Span // parts of Old that are never shown
}

// A Span is a part of a text, in bytes.
type Span struct{ Start, End int }

// A Refusal is something that is not done, by the path that was shown, and why.
type Refusal struct{ Path, Why string }

// A Plan is what is to be done in one work tree. Making it changes nothing.
type Plan struct {
	Edits   []*Edit // in the order of their paths
	Untrack []string
	Undo    []string // of Untrack, in the same order
	Refused []Refusal

	opts    Options
	changed map[string]bool // paths in which the index differs from HEAD; nil until known
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Edits) == 0 && len(p.Untrack) == 0 }

// New plans the repair of targets.
func New(opts Options, targets []Target) (*Plan, error) {
	p := &Plan{opts: opts}
	for i := range targets {
		p.target(&targets[i])
	}
	if err := p.checkIndex(); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Edits, func(a, b *Edit) int { return strings.Compare(a.Rel, b.Rel) })
	return p, nil
}

// refuse notes that something about a path of the work tree is not done.
func (p *Plan) refuse(rel, format string, args ...any) {
	p.Refused = append(p.Refused, Refusal{p.shown(rel), fmt.Sprintf(format, args...)})
}

// shown returns how a path of the work tree is named in what is told.
func (p *Plan) shown(rel string) string {
	if p.opts.Shown == nil {
		return rel
	}
	return p.opts.Shown(rel)
}

// git returns a command as a person would give it.
func (p *Plan) git(command, rel string) string {
	if p.opts.Git == nil {
		return "git " + command + " " + quote(rel)
	}
	return p.opts.Git(command, rel)
}

func (p *Plan) target(t *Target) {
	if err := p.ordinary(t.Rel); err != nil {
		p.refuse(t.Rel, "%v", err)
		return
	}
	if t.Ignore {
		if err := p.ignore(t); err != nil {
			p.refuse(t.Rel, "%v", err)
			return
		}
	}
	for _, s := range t.Sets {
		if err := p.keepOut(t, s); err != nil {
			p.refuse(t.Rel, "%v", err)
		}
	}
	if t.Example {
		if err := p.example(t); err != nil {
			p.refuse(t.Rel, "no example is made: %v", err)
		}
	}
	if t.Untrack {
		p.Untrack = append(p.Untrack, t.Rel)
	}
}

// ordinary reports what keeps a file from being repaired.
func (p *Plan) ordinary(rel string) error {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return errors.New("it lies outside of the repository")
	}
	return p.noLinks(rel)
}

// noLinks reports an error if a symbolic link stands at or on the way to a path.
func (p *Plan) noLinks(rel string) error {
	for i := 0; i <= len(rel); i++ {
		if i < len(rel) && rel[i] != '/' {
			continue
		}
		info, err := os.Lstat(p.file(rel[:i]))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a symbolic link, which is not followed", p.shown(rel[:i]))
		}
		if i == len(rel) && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no ordinary file", p.shown(rel))
		}
	}
	return nil
}

func (p *Plan) file(rel string) string {
	return filepath.Join(p.opts.Top, filepath.FromSlash(rel))
}

// read returns a file as it will be once the plan is carried out.
func (p *Plan) read(rel string) ([]byte, error) {
	for _, e := range p.Edits {
		if e.Rel == rel {
			return e.New, nil
		}
	}
	info, err := os.Lstat(p.file(rel))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no ordinary file", p.shown(rel))
	}
	if info.Size() > maxListSize {
		return nil, fmt.Errorf("%s: %w", p.shown(rel), errTooLarge)
	}
	return os.ReadFile(p.file(rel))
}

// edit plans a new content of a file.
func (p *Plan) edit(rel string, next []byte, undo string) error {
	for _, e := range p.Edits {
		if e.Rel == rel {
			e.New = next
			if !e.Created {
				e.Undo += "; " + undo
			}
			return nil
		}
	}
	if err := p.ordinary(rel); err != nil {
		return err
	}
	old, err := p.read(rel)
	created := errors.Is(err, fs.ErrNotExist)
	if err != nil && !created {
		return err
	}
	if created {
		undo = "delete " + p.shown(rel)
	}
	p.Edits = append(p.Edits, &Edit{Rel: rel, Old: old, New: next, Created: created, Undo: undo})
	return nil
}

// restore takes the edit of a file back to a content, or away.
func (p *Plan) restore(rel string, content []byte, planned bool) {
	for i, e := range p.Edits {
		if e.Rel == rel {
			if planned {
				e.New = content
			} else {
				p.Edits = slices.Delete(p.Edits, i, i+1)
			}
			return
		}
	}
}

func (p *Plan) planned(rel string) bool {
	return slices.ContainsFunc(p.Edits, func(e *Edit) bool { return e.Rel == rel })
}

// addLine puts a line into a list so that effective becomes true: among its
// like or, where something behind that takes it back, at the end.
func (p *Plan) addLine(list, line string, effective func() (bool, string)) error {
	old, err := p.read(list)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	t, err := parseText(old)
	if err != nil {
		return fmt.Errorf("%s: %w", p.shown(list), err)
	}
	if t.has(line) {
		_, why := effective()
		return fmt.Errorf("%s has the line %s already, and %s", p.shown(list), line, why)
	}
	planned := p.planned(list)
	undo := fmt.Sprintf("take the line %s out of %s", line, p.shown(list))
	why := ""
	for _, add := range []func(*textFile, string, bool){(*textFile).addPattern, (*textFile).appendPattern} {
		if t, err = parseText(old); err != nil {
			return err
		}
		add(t, line, p.endsOurs(list))
		if err := p.edit(list, t.bytes(), undo); err != nil {
			return fmt.Errorf("%s: %w", p.shown(list), err)
		}
		var ok bool
		if ok, why = effective(); ok {
			return nil
		}
		p.restore(list, old, planned)
	}
	return fmt.Errorf("the line %s in %s would not keep it out: %s", line, p.shown(list), why)
}

// endsOurs reports whether a list ends with a line that this plan has put there.
func (p *Plan) endsOurs(list string) bool {
	last := func(data []byte) string {
		lines := splitLines(data)
		if len(lines) == 0 {
			return ""
		}
		return strings.TrimRight(lines[len(lines)-1], "\r\n")
	}
	for _, e := range p.Edits {
		if e.Rel == list {
			return last(e.New) != last(e.Old)
		}
	}
	return false
}

// ignore plans the line that has git ignore a file.
func (p *Plan) ignore(t *Target) error {
	effective := func() (bool, string) {
		opts := p.opts.Lists(p.read)
		// Personal lists are no repair: another clone has none.
		opts.InfoExclude, opts.ExcludesFile = "", ""
		d := ignore.New(opts).Path(t.Rel, false)
		switch {
		case d.Unknown:
			return false, p.source(d.Source) + " cannot be read"
		case !d.Ignored && d.Pattern != "":
			return false, fmt.Sprintf("%s:%d (%s) takes it back in", p.source(d.Source), d.Line, d.Pattern)
		}
		return d.Ignored, "git would not read it so"
	}
	if ok, _ := effective(); ok {
		return nil // by a line planned for another file
	}
	list, line, err := ignore.GitLine(t.Rel, t.Bare, p.there)
	if err != nil {
		return err
	}
	return p.addLine(list, line, effective)
}

// source returns how a list is named: one of the tree by its path in that.
func (p *Plan) source(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return p.shown(filepath.ToSlash(name))
}

// there reports whether a list is an ordinary file, or will be.
func (p *Plan) there(list string) bool {
	if p.planned(list) {
		return true
	}
	info, err := os.Lstat(p.file(list))
	return err == nil && info.Mode().IsRegular()
}

// keepOut plans the line that keeps a file out of a published set.
func (p *Plan) keepOut(t *Target, s Set) error {
	read := func(name string) ([]byte, error) { return p.read(path.Join(s.Dir, name)) }
	below := strings.TrimPrefix(strings.TrimPrefix(t.Rel, s.Dir), "/")
	find := func() *ignore.Set {
		for _, set := range ignore.PublishedSets(read) {
			if set.Tool == s.Tool {
				return set
			}
		}
		return nil
	}
	effective := func() (bool, string) {
		set := find()
		if set == nil {
			return true, ""
		}
		in := set.Path(below)
		if in.Included && in.Pattern != "" {
			return false, fmt.Sprintf("%s (%s) takes it in", cmp.Or(in.Source, "its manifest"), in.Pattern)
		}
		return !in.Included, "it is still in the set of " + s.Tool
	}
	if ok, _ := effective(); ok {
		return nil // by a line planned before, as npm reads .gitignore
	}
	set := find()
	list := set.List(read)
	if list == "" {
		_, why := effective()
		return fmt.Errorf("no ignore line keeps it out of the set of %s: %s; change what its manifest names", s.Tool, why)
	}
	line, err := set.Line(below)
	if err != nil {
		return err
	}
	return p.addLine(path.Join(s.Dir, list), line, effective)
}

// example plans a file with the names of an environment file and no values.
func (p *Plan) example(t *Target) error {
	data, err := p.read(t.Rel)
	if err != nil {
		return err
	}
	var names []string
	for _, n := range exampleNames(data) {
		if !p.opts.Holds(t.Rel, []byte(n)) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil
	}
	rel := path.Join(path.Dir(t.Rel), ".env.example")
	old, err := p.read(rel)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	next, changed, err := example(old, names)
	if err != nil || !changed {
		return err
	}
	if bytes.Equal(old, next) || p.opts.Holds(rel, next) {
		return errors.New("it would hold a credential")
	}
	return p.edit(rel, next, "take the new names out of "+p.shown(rel))
}

// checkIndex refuses to take files out of an index where that would mix with
// other work or lose some.
func (p *Plan) checkIndex() error {
	if len(p.Untrack) == 0 {
		return nil
	}
	why := ""
	if _, err := os.Lstat(p.opts.Repo.IndexFile + ".lock"); err == nil {
		why = "another git process works on the index: " + p.opts.Repo.IndexFile + ".lock exists"
	}
	other, err := p.compare()
	if err != nil {
		return fmt.Errorf("comparing the index with HEAD: %w", err)
	}
	keep := p.Untrack[:0]
	for _, rel := range p.Untrack {
		if reason := p.mixes(rel, why, other); reason != "" {
			p.refuse(rel, "it is not taken out of the index: %s", reason)
			continue
		}
		keep = append(keep, rel)
		p.Undo = append(p.Undo, p.git("add --force --", rel))
	}
	p.Untrack = keep
	return nil
}

// compare finds out where the index differs from HEAD, and returns one such
// path that is not about to be taken out.
func (p *Plan) compare() (other string, err error) {
	p.changed = map[string]bool{}
	for c, err := range p.opts.Index.Diff(p.opts.Head, p.opts.Trees, repo.DiffOptions{Deletions: true}) {
		if err != nil {
			return "", err
		}
		p.changed[c.Path] = true
		if other == "" && !slices.Contains(p.Untrack, c.Path) {
			other = c.Path
		}
	}
	return other, nil
}

// mixes returns what speaks against taking a file out of the index.
func (p *Plan) mixes(rel, why, other string) string {
	e, ok := p.opts.Index.Lookup(rel)
	switch {
	case why != "":
		return why
	case !ok:
		return "the index has no entry of its own for it; run: git sparse-checkout disable"
	case e.Stage != 0:
		return "it is in conflict; resolve that first"
	}
	if p.changed[rel] {
		data, err := p.read(rel)
		if err != nil || repo.HashBlob(data, p.opts.Repo.Format) != e.ID {
			return "what is staged of it is neither in HEAD nor on disk and would be lost; run: " + p.git("reset -q --", rel)
		}
		return "" // new in the index: nothing but that is undone
	}
	if other != "" {
		return "other changes are staged (" + p.shown(other) + "), with which it would mix; commit them, or run: git stash"
	}
	return ""
}

// quote returns s as one word of a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+,@%:", r)
	}
	if s != "" && strings.TrimLeftFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// AddEdit takes in a change that another program has worked out.
func (p *Plan) AddEdit(e *Edit) {
	if err := p.ordinary(e.Rel); err != nil {
		p.refuse(e.Rel, "%v", err)
		return
	}
	now, err := p.read(e.Rel)
	if err != nil || !bytes.Equal(now, e.Old) {
		p.refuse(e.Rel, "%v", errors.Join(errChanged, err))
		return
	}
	p.Edits = append(p.Edits, e)
}

// Unmodified reports whether a file is what the index has of it, so that git
// can bring it back.
func (p *Plan) Unmodified(rel string) bool {
	e, ok := p.opts.Index.Lookup(rel)
	data, err := p.read(rel)
	return ok && err == nil && e.Stage == 0 && repo.HashBlob(data, p.opts.Repo.Format) == e.ID
}

// Shown returns the diff of an edit. mask hides what is secret in a text; it
// must keep the number of lines.
func (e *Edit) Shown(mask func(rel string, text []byte) []byte) string {
	old := e.Old
	for i := len(e.Hide) - 1; i >= 0; i-- {
		h := e.Hide[i]
		hidden := append([]byte("…"), bytes.Repeat([]byte("\n"), bytes.Count(old[h.Start:h.End], []byte("\n")))...)
		old = slices.Concat(old[:h.Start], hidden, old[h.End:])
	}
	return Diff(e.Rel, mask(e.Rel, old), mask(e.Rel, e.New), e.Created)
}
