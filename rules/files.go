package rules

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed files.table
var filesTable string

// filesMagic leads the encoded form of the known files; its last byte is the
// version.
const filesMagic = "keysift files\x01"

// minHead is how many bytes a pattern that ends in a star starts with at least:
// such patterns are found by these.
const minHead = 2

// A KnownFile is a file that is known by its name to hold credentials.
type KnownFile struct {
	Rule     *Rule  // of its category: kind file, shared by all of it
	Title    string // of the file, as "Terraform state or variables"
	Severity Severity
	Provider string // empty if it is of none
	Remedy   string // id of the remedy
	// Template says that the file is made to be shared: what it holds may be
	// judged, its name says nothing.
	Template bool
	Pattern  string // the one that knows it
}

// Files finds known files by their paths. It is immutable.
type Files struct {
	rules   []*Rule
	entries []KnownFile
	index   []indexed // of entries, in the same order
	names   int

	// The places of the first entry with a last component, with the part of it
	// from the last dot on, with its first minHead bytes, with a folder of which
	// everything is meant, and with a word that starts with a byte.
	byName, byTail, byHead, byDir map[string]place
	byWord                        [256]place
}

// A place is one more than the number of an entry; 0 is none.
type place int32

// An indexed is what Find wants to know of an entry.
type indexed struct {
	head string // what the last component starts with, before a star
	word string // of entries in byWord: the longest text between stars
	next place  // of the same key
}

// KnownFiles returns the files that the program knows. It costs some tens of
// microseconds.
func KnownFiles() (*Files, error) { return openFiles(filesTable) }

// Len returns the number of names and patterns.
func (f *Files) Len() int { return f.names }

// Rules returns the rules of kind file, one a category, in the order of their
// ids. The last component of a path decides about most; no rule has a pattern.
func (f *Files) Rules() []*Rule { return slices.Clone(f.rules) }

// Rule returns the rule of a category.
func (f *Files) Rule(id string) (*Rule, bool) {
	for _, r := range f.rules {
		if r.ID == id {
			return r, true
		}
	}
	return nil, false
}

// Known returns the names and patterns of a category, in the order of its file.
func (f *Files) Known(id string) []KnownFile {
	var out []KnownFile
	for i := range f.entries {
		if f.entries[i].Rule.ID == id {
			out = append(out, f.entries[i])
		}
	}
	return out
}

// Find returns what is known of a file by its path, which has "/" between its
// components. Case does not count. That a file is a template comes before what
// else it is, then the longest pattern counts.
func (f *Files) Find(file string) (KnownFile, bool) {
	var buf [128]byte
	low := lowerASCII(buf[:0], file)
	slash := lastSlash(low)
	q := query{f, low, low[slash+1:], 0}
	q.all(f.byName[string(q.name)])
	if dot := bytes.LastIndexByte(q.name, '.'); dot >= 0 {
		q.all(f.byTail[string(q.name[dot:])])
	}
	if len(q.name) >= minHead {
		q.all(f.byHead[string(q.name[:minHead])])
	}
	if slash > 0 {
		q.all(f.byDir[string(low[lastSlash(low[:slash])+1:slash])])
	}
	for i, c := range q.name {
		for p := f.byWord[c]; p != 0; p = f.index[p-1].next {
			if w := f.index[p-1].word; len(q.name)-i >= len(w) && string(q.name[i:i+len(w)]) == w {
				q.consider(p)
			}
		}
	}
	if q.best == 0 {
		return KnownFile{}, false
	}
	return f.entries[q.best-1], true
}

// A query is one run of Find.
type query struct {
	f         *Files
	low, name []byte // the path in lower case, and its last component
	best      place
}

// all considers an entry and those of the same key behind it.
func (q *query) all(p place) {
	for ; p != 0; p = q.f.index[p-1].next {
		q.consider(p)
	}
}

func (q *query) consider(p place) {
	e, head := &q.f.entries[p-1], q.f.index[p-1].head
	if len(q.name) < len(head) || string(q.name[:len(head)]) != head {
		return
	}
	if (q.best == 0 || q.f.entries[q.best-1].before(e)) && matchTail(e.Pattern, q.low) {
		q.best = p
	}
}

// before reports whether other says more of a file than e.
func (e *KnownFile) before(other *KnownFile) bool {
	if e.Template != other.Template {
		return other.Template
	}
	return len(other.Pattern) > len(e.Pattern)
}

func lowerASCII(buf []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		buf = append(buf, c)
	}
	return buf
}

func lastSlash(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] == '/' {
			return i
		}
	}
	return -1
}

// matchTail reports whether a pattern matches the last components of a path.
func matchTail(pattern string, file []byte) bool {
	for n := strings.Count(pattern, "/"); ; n-- {
		cut := strings.LastIndexByte(pattern, '/')
		slash := lastSlash(file)
		if !matchName(pattern[cut+1:], file[slash+1:]) {
			return false
		}
		if n == 0 {
			return true
		}
		if slash < 0 {
			return false
		}
		pattern, file = pattern[:cut], file[:slash]
	}
}

// matchName matches one component. A star stands for any bytes, none included;
// but a name is not matched by stars alone.
func matchName(pattern string, name []byte) bool {
	star, mark := -1, 0
	p, n := 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// add puts an entry where Find looks for it, before those that are there.
func (f *Files) add(i int) {
	dir, last := path.Split(f.entries[i].Pattern)
	x := &f.index[i]
	x.head, _, _ = strings.Cut(last, "*")
	star := strings.LastIndexByte(last, '*')
	dot := strings.LastIndexByte(last, '.')
	p := place(i + 1)
	switch {
	case star < 0:
		x.next, f.byName[last] = f.byName[last], p
	case dot > star:
		x.next, f.byTail[last[dot:]] = f.byTail[last[dot:]], p
	case len(x.head) >= minHead:
		x.next, f.byHead[x.head[:minHead]] = f.byHead[x.head[:minHead]], p
	case last == "*":
		dir = path.Base(dir)
		x.next, f.byDir[dir] = f.byDir[dir], p
	default:
		for w := range strings.SplitSeq(last, "*") {
			if len(w) > len(x.word) {
				x.word = w
			}
		}
		x.next, f.byWord[x.word[0]] = f.byWord[x.word[0]], p
	}
}

// A filesFile is the form of a file of known names.
type filesFile struct {
	ID       string      `toml:"id"`
	Title    string      `toml:"title"`
	Severity string      `toml:"severity"`
	Template bool        `toml:"template"`
	Files    []tomlNames `toml:"file"`
}

type tomlNames struct {
	Title    string   `toml:"title"`
	Names    []string `toml:"names"`
	Severity string   `toml:"severity"`
	Provider string   `toml:"provider"`
	Remedy   string   `toml:"remedy"`
}

// CompileFiles returns the table of the files of known names in fsys/dir, in
// the form that is embedded into the program.
func CompileFiles(fsys fs.FS, dir string) ([]byte, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.toml"))
	if err != nil {
		return nil, err
	}
	c := &coldWriter{out: []byte(filesMagic)}
	c.num(len(names))
	seen := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := c.category(data, seen); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c.out, nil
}

func (c *coldWriter) category(data []byte, seen map[string]string) error {
	var f filesFile
	md, err := toml.Decode(string(data), &f)
	if err != nil {
		return err
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("unknown key %q", unknown[0].String())
	}
	if err := validID(f.ID); err != nil {
		return err
	}
	if f.Title == "" {
		return errors.New("title is missing")
	}
	severity, err := ParseSeverity(f.Severity)
	if err != nil {
		return err
	}
	c.str(f.ID)
	c.str(f.Title)
	c.num(int(severity))
	c.num(btoi(f.Template))
	c.num(len(f.Files))
	for _, t := range f.Files {
		if err := c.names(&t, severity, f.ID, seen); err != nil {
			return fmt.Errorf("%q: %w", t.Title, err)
		}
	}
	return nil
}

func (c *coldWriter) names(t *tomlNames, severity Severity, id string, seen map[string]string) error {
	if t.Severity != "" {
		var err error
		if severity, err = ParseSeverity(t.Severity); err != nil {
			return err
		}
	}
	if t.Title == "" {
		return errors.New("title is missing")
	}
	for _, n := range t.Names {
		if err := validPattern(n); err != nil {
			return err
		}
		if other, ok := seen[n]; ok {
			return fmt.Errorf("%q is in %s, too", n, other)
		}
		seen[n] = id
	}
	c.str(t.Title)
	c.num(int(severity))
	c.str(t.Provider)
	c.str(orElse(t.Remedy, genericRemedy))
	c.list(t.Names)
	return nil
}

func validPattern(n string) error {
	switch {
	case n == "" || strings.Trim(n, "*/") == "":
		return fmt.Errorf("pattern %q matches everything", n)
	case strings.HasSuffix(path.Dir(n), "*") && strings.Trim(path.Base(n), "*") == "":
		return fmt.Errorf("pattern %q: want the name of a folder before a star", n)
	case n != strings.ToLower(n):
		return fmt.Errorf("pattern %q: want lower case", n)
	case strings.HasPrefix(n, "/") || path.Clean(n) != n:
		return fmt.Errorf("pattern %q is no relative path", n)
	case strings.ContainsAny(n, "?[]{}\\"):
		return fmt.Errorf("pattern %q: no wildcard but * is known", n)
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// openFiles decodes what CompileFiles wrote.
func openFiles(table string) (f *Files, err error) {
	in, ok := strings.CutPrefix(table, filesMagic)
	if !ok {
		return nil, errors.New("table of known files: not of this version")
	}
	// The reader trusts its input; a cut-off table is a damaged program.
	defer func() {
		if recover() != nil {
			f, err = nil, errors.New("table of known files is cut off")
		}
	}()
	c := &coldReader{in}
	f = &Files{
		entries: make([]KnownFile, 0, 1024), byName: make(map[string]place, 640), byTail: make(map[string]place, 160),
		byHead: map[string]place{}, byDir: map[string]place{},
	}
	for range c.num() {
		r := &Rule{ID: c.str(), Title: c.str(), Kind: File, Provider: "Generic", Remedy: genericRemedy, Confidence: LowConfidence}
		r.Severity = Severity(c.num())
		template := c.num() == 1
		f.rules = append(f.rules, r)
		for range c.num() {
			e := KnownFile{Rule: r, Template: template, Title: c.str(), Severity: Severity(c.num()), Provider: c.str(), Remedy: c.str()}
			for range c.num() {
				e.Pattern = c.str()
				f.entries = append(f.entries, e)
			}
		}
	}
	f.names, f.index = len(f.entries), make([]indexed, len(f.entries))
	for i := len(f.entries) - 1; i >= 0; i-- {
		f.add(i)
	}
	f.rules = append(f.rules, &Rule{
		ID: fileOther, Title: "File that holds credentials", Kind: File, Severity: High,
		Provider: "Generic", Remedy: genericRemedy, Confidence: LowConfidence,
	})
	slices.SortFunc(f.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return f, nil
}

// fileOther is the rule of files that no name gives away.
const fileOther = "file-with-credentials"

// Other returns the rule of files that hold credentials and are not known by
// their names.
func (f *Files) Other() *Rule {
	r, _ := f.Rule(fileOther)
	return r
}
