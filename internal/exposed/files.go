package exposed

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/ignore"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A Reach says in which way a file gets to where it should not be.
type Reach uint8

// The ways, the worst first.
const (
	Nowhere         Reach = iota // it stays where it is
	InHead                       // HEAD and what was pushed have it
	TrackedIgnored               // the index has it although a rule ignores it
	InIndex                      // staged, or staged in another form
	NotIgnored                   // git would take it along
	InPublished                  // git ignores it, an image or a package takes it
	PersonalExclude              // only a file that no clone has ignores it
)

// An Exposed is a file that git or a published set takes along, or would.
type Exposed struct {
	Path  string // as it was brought
	Tree  *Tree  // nil outside of a repository
	Rel   string // in the tree
	Known rules.KnownFile
	Named bool // Known is set: the name says what it is
	Reach Reach
	State State
	// Published are the sets that take it, by the folder that each is of,
	// relative to the tree, or to the working directory outside of one.
	Published []Published
	// Config says that the file is configuration or data, which can be kept out
	// of git; source code and documents have to be.
	Config   bool
	Findings int // credentials in it that count

	places *Places // nil of a change, which is named from the top folder
}

// A Published is a set that takes a file.
type Published struct {
	Dir string // folder of the set; empty is the top
	Set *ignore.Set
	Rel string // of the file, in the folder
}

// Files makes the findings about files. Its methods are called by one run.
type Files struct {
	places *Places
	opts   FileOptions

	mu     sync.Mutex
	named  map[string]rules.KnownFile
	inside map[string]*inside
	found  []Exposed
}

// FileOptions configure [Files].
type FileOptions struct {
	Known   *rules.Files
	Enabled func(id string) bool       // whether a rule of kind file counts
	Counts  func(f *scan.Finding) bool // whether a finding makes its file one that holds credentials
	Except  map[string]bool            // paths of chunks that are no files
	Each    func(f *scan.Finding)      // sees every finding that Watch passes on; may be nil
	// Change, if not nil, says what is done to a file, instead of the index and
	// the disk; it is false for what is no matter. Paths are those of its Tree,
	// and a list that cannot be read is not told of: it hides no file. named
	// says that the name of the file is known, findings what it holds.
	Change func(path string, named bool, findings int) (Change, bool)
}

// A Change is what a commit does to a file, be it one to be or one to be pushed.
type Change struct {
	Tree     *Tree
	Exposure scan.Exposure // Staged or more
	Added    bool          // nothing stood at the path before
	// Content returns the file as it will be. It is called if nothing was found
	// in a file.
	Content func() ([]byte, error)
}

// An inside is what was found in one file.
type inside struct {
	count      int
	best       scan.Finding // decides confidence and remedy
	exposure   scan.Exposure
	suppressed bool // something was, and nothing else was found
}

// NewFiles returns what makes the findings about files.
func (p *Places) NewFiles(opts FileOptions) *Files {
	return &Files{places: p, opts: opts, named: map[string]rules.KnownFile{}, inside: map[string]*inside{}}
}

// Source passes on src and remembers the files in it that are known by name.
func (s *Files) Source(src scan.Source) scan.Source { return watched{s, src} }

type watched struct {
	files *Files
	src   scan.Source
}

// Chunks implements [scan.Source].
func (w watched) Chunks(ctx context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		for c, err := range w.src.Chunks(ctx) {
			if err == nil && !w.files.opts.Except[c.Path] {
				w.files.See(c.Path)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// See remembers a file if it is known by name. It may be called by several
// goroutines.
func (s *Files) See(path string) {
	if k, ok := s.opts.Known.Find(path); ok {
		s.mu.Lock()
		s.named[path] = k
		s.mu.Unlock()
	}
}

// Watch passes on seq and remembers in which files something was found.
func (s *Files) Watch(seq iter.Seq2[scan.Finding, error]) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		for f, err := range seq {
			if err == nil {
				if s.opts.Each != nil {
					s.opts.Each(&f)
				}
				if !s.opts.Except[f.Path] && s.opts.Counts(&f) {
					s.count(&f)
				}
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

func (s *Files) count(f *scan.Finding) {
	name := filepath.ToSlash(onDisk(filepath.FromSlash(f.Path)))
	in := s.inside[name]
	if in == nil {
		in = &inside{suppressed: f.Suppressed != nil}
		s.inside[name] = in
	}
	if f.Suppressed != nil {
		return
	}
	in.suppressed = false
	if in.count == 0 || f.Confidence > in.best.Confidence || f.Confidence == in.best.Confidence && f.Severity > in.best.Severity {
		in.best = *f
	}
	in.exposure = max(in.exposure, f.Exposure)
	in.count++
}

// Findings yields the findings about files, in the order of their paths, and
// then what could not be read.
func (s *Files) Findings() iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		paths := map[string]bool{}
		for p := range s.named {
			paths[p] = true
		}
		for p := range s.inside {
			paths[p] = true
		}
		for _, p := range slices.Sorted(maps.Keys(paths)) {
			f, ok := s.finding(p)
			if ok && !yield(f, nil) {
				return
			}
		}
		if s.opts.Change != nil {
			return
		}
		for _, i := range s.places.Problems() {
			if !yield(scan.Finding{}, i) {
				return
			}
		}
	}
}

// Exposed returns the files of the findings that were yielded.
func (s *Files) Exposed() []Exposed { return s.found }

// finding returns the finding about one file.
func (s *Files) finding(name string) (scan.Finding, bool) {
	known, named := s.named[name]
	in := s.inside[name]
	if in == nil {
		in = &inside{}
	}
	if named && known.Template {
		return scan.Finding{}, false // what is in it is a finding of its own
	}
	rule := s.opts.Known.Other()
	if named {
		rule = known.Rule
	}
	if !s.opts.Enabled(rule.ID) || in.suppressed {
		return scan.Finding{}, false
	}
	x, content := s.examine(name, named, in)
	x.Known, x.Named, x.Findings = known, named, in.count
	x.Config = x.Config || named
	if x.Reach == Nowhere || in.count == 0 && encrypted(content()) {
		return scan.Finding{}, false
	}
	s.found = append(s.found, x)
	return x.finding(rule, in), true
}

// examine finds out where a file gets, and returns what reads it.
func (s *Files) examine(name string, named bool, in *inside) (x Exposed, content func() (head, tail []byte)) {
	if s.opts.Change == nil {
		return s.asItStands(name, in.exposure), func() (head, tail []byte) { return ends(name) }
	}
	c, ok := s.opts.Change(name, named, in.count)
	if !ok {
		return Exposed{}, nil
	}
	return c.exposed(name), func() (head, tail []byte) {
		data, err := c.Content()
		if err != nil {
			return nil, nil
		}
		return data[:min(len(data), headSize)], data[max(len(data)-tailSize, 0):]
	}
}

// exposed returns where a change takes a file. A file that was there before is
// not taken along by this change.
func (c *Change) exposed(name string) Exposed {
	x := Exposed{Path: name, Config: !authored(name), Tree: c.Tree, Rel: name}
	d := c.Tree.Ignored(name, false)
	x.State = State{Exposure: c.Exposure, Tracked: true, InHead: !c.Added, Ignored: d, Known: !d.Unknown}
	x.Published = c.Tree.published(name)
	if x.Reach = x.reach(); x.Reach == InIndex && !c.Added {
		x.Reach = InHead
	}
	return x
}

// asItStands finds out where a file gets by the index and the disk. least is the
// exposure of what it holds.
func (s *Files) asItStands(name string, least scan.Exposure) Exposed {
	x := Exposed{Path: name, Config: !authored(name), places: s.places}
	if s.places.InGitDir(name) {
		return x
	}
	x.Tree, x.Rel = s.places.Tree(name)
	if x.Tree == nil {
		x.Published = s.places.publishedOutside(name)
		if len(x.Published) > 0 {
			x.Reach = InPublished
		}
		return x
	}
	f := x.Tree.File(x.Rel)
	x.State = f.State
	if x.State.Tracked {
		// An edited file still holds what was committed of it.
		x.State.Exposure = max(x.State.Exposure, least)
	}
	x.Published = x.Tree.published(x.Rel)
	x.Reach = x.reach()
	return x
}

func (x *Exposed) reach() Reach {
	st := &x.State
	switch {
	case st.Tracked && st.Ignored.Ignored:
		return TrackedIgnored
	case st.Exposure >= scan.Committed:
		return InHead
	case st.Tracked:
		return InIndex
	case !st.Ignored.Ignored:
		return NotIgnored
	case len(x.Published) > 0:
		return InPublished
	case st.Ignored.Origin != ignore.TreeFile:
		return PersonalExclude
	}
	return Nowhere
}

// finding makes the finding. It is as sure and as severe as what the file
// holds; a name alone is a hint. Where git has an ordinary file already, what is
// found in it has said all there is to say.
func (x *Exposed) finding(rule *rules.Rule, in *inside) scan.Finding {
	r := *rule
	f := scan.Finding{
		Rule: &r, Path: x.Path, Exposure: x.exposure(), Severity: rules.Low,
		Confidence: rules.LowConfidence, Score: 0.1, Hint: x.Repair(),
	}
	if x.Named {
		r.Title = x.Known.Title
		r.Provider = cmp.Or(x.Known.Provider, r.Provider)
		r.Remedy = cmp.Or(x.Known.Remedy, r.Remedy)
	}
	f.Reason = x.reason()
	if in.count == 0 {
		return f
	}
	r.Provider, r.Remedy = in.best.Rule.Provider, in.best.Rule.Remedy
	f.Severity, f.Score, f.Confidence = in.best.Severity, in.best.Score, in.best.Confidence
	if !x.Alarms() {
		f.Confidence = rules.LowConfidence
	}
	return f
}

// Alarms reports whether the file itself is at fault, beside what it holds.
func (x *Exposed) Alarms() bool {
	switch {
	case !x.Config:
		return false
	case x.Reach == InHead:
		return x.Named
	}
	return true
}

// exposure returns how far the file has got. One that an image or a package
// takes is not ignored, whatever git does.
func (x *Exposed) exposure() scan.Exposure {
	if x.Reach == InPublished && x.Tree != nil {
		return scan.Unignored
	}
	return x.State.Exposure
}

// reason says where the file is.
func (x *Exposed) reason() string {
	d := &x.State.Ignored
	text := "no credential was found in it; "
	switch {
	case x.Findings == 1:
		text = "it holds a credential; "
	case x.Findings > 1:
		text = fmt.Sprintf("it holds %d credentials; ", x.Findings)
	}
	switch x.Reach {
	case InHead:
		text += "git tracks it"
		if !x.State.Tracked {
			text = strings.TrimSuffix(text, "git tracks it") + x.holder() + " still has it"
		}
	case TrackedIgnored:
		text += fmt.Sprintf("git tracks it although %s ignores it", place(d))
	case InIndex:
		text += "git tracks it"
		if x.State.Exposure == scan.Staged {
			text = strings.TrimSuffix(text, "git tracks it") + "it is staged"
		}
	case NotIgnored:
		text += "git does not ignore it"
	case PersonalExclude:
		text += fmt.Sprintf("only %s ignores it, which no clone has", place(d))
	case InPublished:
		if x.Tree != nil {
			text += "git ignores it, but "
		}
		text += x.takers()
	}
	return text
}

// holder names what has a file that is in the index no more.
func (x *Exposed) holder() string {
	switch {
	case x.State.InHead:
		return "the last commit"
	case x.State.Exposure == scan.Tagged:
		return "a tag"
	}
	return "what was pushed"
}

// place names the line of a list.
func place(d *ignore.Decision) string {
	source := d.Source
	if d.Origin == ignore.InfoFile {
		source = ".git/info/exclude"
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(source), d.Line)
}

// takers names the sets that take the file.
func (x *Exposed) takers() string {
	var names []string
	for _, p := range x.Published {
		name := setName(p.Set.Tool)
		if p.Dir != "" {
			name += " of " + p.Dir
		}
		names = append(names, name)
	}
	verb := " takes it along"
	if len(names) > 1 {
		verb = " take it along"
	}
	return strings.Join(names, " and ") + verb
}

func setName(tool string) string {
	switch tool {
	case "docker":
		return "the Docker build context"
	case "npm":
		return "the npm package"
	case "gcloud":
		return "the upload of gcloud"
	case "helm":
		return "the Helm chart"
	case "vscode":
		return "the VS Code extension"
	case "sdist":
		return "the Python source distribution"
	}
	return "the set of " + tool
}

// Repair returns the act that ends the exposure, in one line.
func (x *Exposed) Repair() string {
	if !x.Config {
		return "Take the value out of the file and read it from the environment: keysift fix shows how"
	}
	var acts []string
	ours := "" // list that gets a line anyway
	list, line, ok := x.IgnoreLine()
	refused := x.WantsLine() && !ok // keysift fix does nothing about a name that no list can have
	if ok && x.WantsLine() {
		acts, ours = append(acts, "add the line "+line+" to "+x.shown(list)), list
	}
	if x.State.Tracked {
		acts = append(acts, x.untrack())
	}
	var byHand []string // what keysift fix does not do
	for _, p := range x.Published {
		list := p.Set.List(reader(x.folder(p.Dir)))
		if list == "" {
			byHand = append(byHand, `take it out of "files" in `+x.shown(path.Join(p.Dir, "package.json")))
			continue
		}
		line, err := p.Set.Line(p.Rel)
		if list = path.Join(p.Dir, list); err == nil && list != ours {
			acts = append(acts, "add the line "+line+" to "+x.shown(list))
		}
	}
	if x.Reach == InHead && !x.State.Tracked {
		switch {
		case x.State.InHead:
			byHand = append(byHand, "commit its removal from the index")
		case x.State.Exposure == scan.Pushed:
			byHand = append(byHand, "push the commit that takes it out")
		}
	}
	if x.Tree != nil && len(acts) > 0 && !refused {
		acts[len(acts)-1] += " (keysift fix does it)"
	}
	if acts = append(acts, byHand...); len(acts) == 0 {
		return ""
	}
	return "To repair: " + strings.Join(acts, ", and ")
}

// shown returns a path of the tree as its owner names it.
func (x *Exposed) shown(rel string) string {
	if x.Tree == nil || x.places == nil {
		return rel
	}
	return x.places.Shown(x.Tree, rel)
}

// untrack returns the command that takes the file out of the index.
func (x *Exposed) untrack() string {
	if x.places == nil {
		return "git rm --cached " + scan.ShellPath(x.Rel)
	}
	return x.places.GitCommand(x.Tree, "rm --cached", x.Rel)
}

// WantsLine reports whether no list that goes along with a clone has git ignore
// the file.
func (x *Exposed) WantsLine() bool {
	d := &x.State.Ignored
	return x.Tree != nil && (!d.Ignored || d.Origin != ignore.TreeFile)
}

// IgnoreLine returns the line that has git ignore the file, and the list it
// belongs in; false if there is none. Environment files are ignored by their
// name, since each copy of them is a file of its kind.
func (x *Exposed) IgnoreLine() (list, line string, ok bool) {
	if x.Tree == nil {
		return "", "", false
	}
	list, line, err := ignore.GitLine(x.Rel, x.Dotenv(), x.Tree.there)
	return list, line, err == nil
}

// Dotenv reports whether the file is an environment file by its name.
func (x *Exposed) Dotenv() bool {
	base := path.Base(x.Rel)
	return x.Named && !x.Known.Template && (strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env"))
}

// folder returns the path of a folder of a Published.
func (x *Exposed) folder(dir string) string {
	if x.Tree == nil {
		return filepath.FromSlash(dir)
	}
	return filepath.Join(x.Tree.top, filepath.FromSlash(dir))
}
