package history

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A contents is what git says of every commit.
type contents struct {
	parents map[string][]string
	time    map[string]int64
	blobs   map[string]map[string]bool // ids below the commit's tree
	all     map[string]map[string]bool // ancestors, itself included
}

func (r *gitRepo) contents() *contents {
	r.T.Helper()
	c := &contents{map[string][]string{}, map[string]int64{}, map[string]map[string]bool{}, map[string]map[string]bool{}}
	for _, id := range r.allCommits() {
		f := strings.Fields(r.Git("log", "-1", "--format=%ct %P", id))
		c.time[id], _ = strconv.ParseInt(f[0], 10, 64)
		c.parents[id] = f[1:]
		c.blobs[id] = map[string]bool{}
		for _, line := range r.Lines("ls-tree", "-r", id) {
			c.blobs[id][strings.Fields(line)[2]] = true
		}
		c.all[id] = map[string]bool{}
		for _, a := range r.Lines("rev-list", id) {
			c.all[id][a] = true
		}
	}
	return c
}

func (c *contents) has(commit string, objects []string) bool {
	for _, o := range objects {
		if c.blobs[commit][o] || o == commit {
			return true
		}
	}
	return false
}

// checkProvenance compares what an audit says of each secret with what follows
// from the trees of all commits.
func (r *gitRepo) checkProvenance() {
	t := r.T
	t.Helper()
	c := r.contents()
	res := r.run(Options{Jobs: 2})
	head := r.Git("rev-parse", "HEAD")
	published := map[string]bool{}
	for _, id := range r.Lines("rev-list", "--exclude=refs/stash", "--all") {
		published[id] = true
	}
	refs := map[string]string{}
	for _, line := range r.Lines("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)") {
		f := strings.Fields(line)
		refs[f[0]] = f[len(f)-1]
	}
	for secret, objects := range res.secrets() {
		for i, o := range objects {
			if r.Git("cat-file", "-t", o) == "tag" {
				objects[i] = r.Git("rev-parse", o+"^{commit}")
			}
		}
		p := res.audit.Provenance(objects, nil, time.Now())
		var first []string
		for id := range c.blobs {
			if !c.has(id, objects) {
				continue
			}
			minimal := true
			for a := range c.all[id] {
				minimal = minimal && (a == id || !c.has(a, objects))
			}
			if minimal {
				first = append(first, id)
			}
		}
		r.checkIntroduced(c, secret, p, first, published)
		isMessage := slices.ContainsFunc(objects, func(o string) bool { return c.all[head][o] })
		if got, want := p.InHead, c.has(head, objects) || isMessage; got != want {
			t.Errorf("%s: in HEAD is %v, want %v", secret, got, want)
		}
		var in []string
		for name, id := range refs {
			for _, f := range first {
				if c.all[id][f] && !slices.Contains(in, name) {
					in = append(in, name)
				}
			}
		}
		slices.Sort(in)
		if p.RefsTotal != len(in) || !slices.Equal(p.Refs, in[:min(len(in), maxRefs)]) {
			t.Errorf("%s: refs %q (%d), want %q", secret, p.Refs, p.RefsTotal, in)
		}
		r.checkRemoved(c, secret, p, objects, head)
	}
}

func (r *gitRepo) checkIntroduced(c *contents, secret string, p *Provenance, first []string, published map[string]bool) {
	r.T.Helper()
	if slices.ContainsFunc(first, func(id string) bool { return published[id] }) {
		first = slices.DeleteFunc(first, func(id string) bool { return !published[id] })
	}
	if len(first) == 0 {
		if p.Introduced != nil {
			r.T.Errorf("%s: introduced by %s, want no commit", secret, p.Introduced.Commit)
		}
		return
	}
	if p.Introduced == nil {
		r.T.Errorf("%s: introduced by no commit, want one of %q", secret, first)
		return
	}
	for _, id := range first {
		if c.time[id] < p.Introduced.Time.Unix() {
			r.T.Errorf("%s: introduced by %s, but %s is earlier", secret, p.Introduced.Commit, id)
		}
	}
	if !slices.Contains(first, p.Introduced.Commit) {
		r.T.Errorf("%s: introduced by %s, want one of %q", secret, p.Introduced.Commit, first)
	}
	if want := "A U Thor <author@example.com>"; p.Introduced.Author != want {
		r.T.Errorf("%s: author %q, want %q", secret, p.Introduced.Author, want)
	}
	if want := r.Git("log", "-1", "--format=%s", p.Introduced.Commit); p.Introduced.Subject != want {
		r.T.Errorf("%s: subject %q, want %q", secret, p.Introduced.Subject, want)
	}
}

func (r *gitRepo) checkRemoved(c *contents, secret string, p *Provenance, objects []string, head string) {
	r.T.Helper()
	if p.Removed == nil {
		for id := range c.all[head] {
			for _, parent := range c.parents[id] {
				if !p.InHead && c.has(parent, objects) && !c.has(id, objects) && !slices.Contains(objects, parent) {
					r.T.Errorf("%s: no commit removed it, but %s has", secret, id)
				}
			}
		}
		return
	}
	id := p.Removed.Commit
	if !c.all[head][id] || c.has(id, objects) {
		r.T.Errorf("%s: removed by %s, which has it or is no ancestor of HEAD", secret, id)
	}
	if !slices.ContainsFunc(c.parents[id], func(p string) bool { return c.has(p, objects) }) {
		r.T.Errorf("%s: removed by %s, whose parents do not have it", secret, id)
	}
}

// TestProvenanceAgainstLog compares a simple story with git log -S.
func TestProvenanceAgainstLog(t *testing.T) {
	r := newGitRepo(t)
	r.Write("a.txt", "text\n")
	r.Commit("root")
	secret := r.token()
	r.Write("a.txt", "text\n"+secret+"\n")
	r.Commit("bring it in")
	for range 5 {
		r.Write("a.txt", "text\n"+secret+"\n"+r.word()+"\n")
		r.Commit("edit")
	}
	r.Git("tag", "with")
	r.Write("a.txt", "text\n")
	r.Commit("take it out\n\nbecause")
	res := r.run(Options{}).complete(t)
	p := res.audit.Provenance(res.secrets()[secret], nil, time.Unix(1_600_000_000+86_400*30, 0))
	log := r.Lines("log", "--format=%H", "-S", secret)
	if len(log) != 2 || p.Introduced == nil || p.Removed == nil || p.Introduced.Commit != log[1] || p.Removed.Commit != log[0] {
		t.Errorf("introduced %v, removed %v; git log -S: %q", p.Introduced, p.Removed, log)
	}
	if p.Removed.Subject != "take it out" || p.AgeDays != 28 || p.Blobs != 6 || p.InHead {
		t.Errorf("subject %q, %d days, %d blobs, in HEAD %v", p.Removed.Subject, p.AgeDays, p.Blobs, p.InHead)
	}
}

func TestOwners(t *testing.T) {
	c := parseOwners([]byte(`
# a comment
*         @all
*.js      @js # with a comment
/docs/    docs@example.com
apps/     @apps
/build/*  @build
/a\ b     @space
/none

[Section] @std
/docs/secret
^[Optional][2] @opt
*.key     @keys
`))
	for path, want := range map[string]string{
		"x/y.go":        "@all",
		"x/y.js":        "@js",
		"docs/a":        "docs@example.com",
		"x/docs/a":      "@all",
		"x/apps/b":      "@apps",
		"build/a":       "@build",
		"build/a/b":     "@all",
		"a b":           "@space",
		"none":          "",
		"docs/secret/x": "docs@example.com @std",
		"a.key":         "@all @keys",
	} {
		if got := strings.Join(c.of(path), " "); got != want {
			t.Errorf("%s is owned by %q, want %q", path, got, want)
		}
	}
}
