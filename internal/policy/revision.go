package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/repo"
)

// maxGenerations bounds the steps of a revision such as HEAD~3.
const maxGenerations = 100_000

// A Revision is a commit whose files say what the policy is. It is safe for
// concurrent use.
type Revision struct {
	Name string // as the user gave it

	mu      sync.Mutex
	objects repo.Objects
	trees   *repo.Trees
	root    repo.Hash
	lines   map[string]*lineSet
}

// Matcher finds objects by the start of their ids. Objects that have it let
// revisions be abbreviated.
type Matcher interface {
	Match(prefix string, max int) [][]byte
}

// OpenRevision finds a commit by its name: a ref, an id or the start of one,
// with ~N and ^N behind it.
func OpenRevision(r *repo.Repo, objects repo.Objects, name string) (*Revision, error) {
	v := &Revision{Name: name, objects: objects, trees: repo.NewTrees(objects, r.Format), lines: map[string]*lineSet{}}
	id, err := v.resolve(r, name)
	if errors.Is(err, errNoRevision) && isShallow(r) {
		err = fmt.Errorf("%w; the clone is shallow: git fetch --unshallow", err)
	}
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", name, err)
	}
	root, ok, err := v.trees.Root(id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("revision %q: %w", name, err)
	case !ok:
		return nil, fmt.Errorf("revision %q is no commit", name)
	}
	v.root = root
	return v, nil
}

var errNoRevision = errors.New("there is none of this name")

func isShallow(r *repo.Repo) bool {
	_, err := os.Lstat(filepath.Join(r.CommonDir, "shallow"))
	return err == nil
}

func (v *Revision) resolve(r *repo.Repo, name string) (repo.Hash, error) {
	base := name
	if i := strings.IndexAny(name, "~^"); i >= 0 {
		base = name[:i]
	}
	id, err := v.resolveBase(r, base)
	if err != nil {
		return id, err
	}
	steps := regexp.MustCompile(`^(?:\^\{(?:commit)?\}|([~^])(\d*))`)
	for rest := name[len(base):]; rest != ""; {
		m := steps.FindStringSubmatch(rest)
		if m == nil {
			return id, fmt.Errorf("%q is not understood; use names, ids, ~N and ^N", rest)
		}
		rest = rest[len(m[0]):]
		if m[1] == "" {
			continue
		}
		n := 1
		if m[2] != "" {
			if n, err = strconv.Atoi(m[2]); err != nil || n > maxGenerations {
				return id, fmt.Errorf("%s goes too far back", m[0])
			}
		}
		if id, err = v.step(id, m[1] == "~", n); err != nil {
			return id, err
		}
	}
	return id, nil
}

// step goes back n generations by first parents, or to the n-th parent.
func (v *Revision) step(id repo.Hash, generations bool, n int) (repo.Hash, error) {
	times, parent := 1, n
	if generations {
		times, parent = n, 1
	}
	if n == 0 {
		return id, nil
	}
	for range times {
		parents, err := v.parents(id)
		if err != nil {
			return id, err
		}
		if parent > len(parents) {
			return id, errNoRevision
		}
		id = parents[parent-1]
	}
	return id, nil
}

// parents returns the parents of a commit, or of the commit that a tag leads to.
func (v *Revision) parents(id repo.Hash) ([]repo.Hash, error) {
	for range maxExtend { // tags of tags
		typ, data, err := v.objects.Get(id.Bytes())
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", id, err)
		}
		head, _, _ := bytes.Cut(data, []byte("\n\n"))
		switch typ {
		case "commit":
			return headerIDs(head, "parent")
		case "tag":
			ids, err := headerIDs(head, "object")
			if err != nil || len(ids) != 1 {
				return nil, fmt.Errorf("tag %s is malformed", id)
			}
			id = ids[0]
		default:
			return nil, fmt.Errorf("%s is a %s, no commit", id, typ)
		}
	}
	return nil, errNoRevision
}

func headerIDs(head []byte, name string) ([]repo.Hash, error) {
	var out []repo.Hash
	for line := range strings.SplitSeq(string(head), "\n") {
		text, ok := strings.CutPrefix(line, name+" ")
		if !ok {
			continue
		}
		id, err := repo.ParseHash(text)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// resolveBase looks a name up as git does.
func (v *Revision) resolveBase(r *repo.Repo, name string) (repo.Hash, error) {
	if name == "@" {
		name = "HEAD"
	}
	if len(name) == 2*r.Format.Size() {
		if id, err := repo.ParseHash(name); err == nil {
			return id, nil
		}
	}
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := strings.Replace(form, "%s", name, 1)
		if form == "%s" && !strings.HasPrefix(name, "refs/") && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
			continue
		}
		ref, err := r.Ref(full)
		if err == nil && !ref.ID.IsZero() {
			return ref.ID, nil
		}
	}
	m, ok := v.objects.(Matcher)
	if !ok || len(name) < 4 || strings.Trim(name, "0123456789abcdef") != "" {
		return repo.Hash{}, errNoRevision
	}
	switch ids := m.Match(name, 2); len(ids) {
	case 0:
		return repo.Hash{}, errNoRevision
	case 1:
		return repo.HashOf(ids[0])
	}
	return repo.Hash{}, errors.New("several objects have an id that starts so")
}

// ReadFile returns the content of a file by its path from the top. What is not
// there as an ordinary file does not exist.
func (v *Revision) ReadFile(name string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.readFile(name)
}

func (v *Revision) readFile(name string) ([]byte, error) {
	e, ok, err := v.trees.Entry(v.root, path.Clean(name))
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", name, v.Name, err)
	}
	if !ok || e.Mode&repo.ModeType != repo.ModeRegular {
		return nil, &fs.PathError{Op: "read", Path: v.Name + ":" + name, Err: fs.ErrNotExist}
	}
	_, data, err := v.objects.Get(e.ID.Bytes())
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", name, v.Name, err)
	}
	return data, nil
}

// A lineSet is the lines of one file.
type lineSet struct {
	text  []byte
	lines []string
	at    map[string][]int // numbers of the lines with a text
}

// hasLine reports whether a line that a comment allows stands in the file as it
// is in the revision, and with it the comment. It does not suffice that the
// comment is there: it could be copied to another secret.
func (v *Revision) hasLine(name string, line, before []byte, verdict Verdict) bool {
	set := v.linesOf(name)
	if set == nil {
		return false
	}
	own := strings.Contains(string(line), strings.Fields(verdict.By)[0])
	text := strings.TrimSpace(string(line))
	if len(line) >= maxCutLine { // it may be cut off at both ends
		return own && bytes.Contains(set.text, bytes.TrimSpace(line))
	}
	for _, n := range set.at[text] {
		if own || n > 0 && set.lines[n-1] == strings.TrimSpace(string(before)) {
			return true
		}
	}
	return false
}

// maxCutLine is the least length at which a line may have been cut off.
const maxCutLine = 4096

func (v *Revision) linesOf(name string) *lineSet {
	v.mu.Lock()
	defer v.mu.Unlock()
	if set, ok := v.lines[name]; ok {
		return set
	}
	var set *lineSet
	// A file that cannot be read there allows nothing: the finding is reported.
	if data, err := v.readFile(name); err == nil {
		set = &lineSet{text: data, at: map[string][]int{}}
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			text := string(bytes.TrimSpace(line))
			set.at[text] = append(set.at[text], len(set.lines))
			set.lines = append(set.lines, text)
		}
	}
	v.lines[name] = set
	return set
}
