package history

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

// maxRefs and maxAuthors are how many a [Provenance] names.
const (
	maxRefs    = 10
	maxAuthors = 10
)

// An Event is a commit that brought a secret in, or took it out.
type Event struct {
	Commit  string
	Time    time.Time // of the committer
	Author  string    // with the address
	Subject string
}

// A Provenance says how a secret came into a repository and where it is now.
type Provenance struct {
	// Introduced is the earliest of the commits that have the secret while
	// none of their ancestors has. Published commits go before others.
	Introduced *Event
	// Removed is the latest ancestor of HEAD that lacks the secret while its
	// parents have it; nil if HEAD has it, or never had.
	Removed *Event
	InHead  bool

	Refs      []string // names of refs that reach the secret, by name; the first ten
	RefsTotal int
	Blobs     int
	Files     int      // distinct paths at which these stand or stood
	AgeDays   int      // since Introduced
	Authors   []string // of the first commits of each version at each path, each once, oldest first; the first ten
}

// A line answers in which commits objects stand. It looks at those objects
// only that hold findings, and at the trees above them.
type line struct {
	*paths
	up      map[uint32][]uint32 // trees that hold an object
	commits map[uint32][]uint32 // commits whose tree it is
	head    bitset              // ancestors of HEAD, itself included
	headTip uint32              // none if HEAD has no commit
	refs    []refTip            // by name
	seen    []uint32            // by object: the last question in which it was met
	turn    uint32
	has     bitset // commits that have what is asked for
	reach   bitset // those and their descendants
	known   map[string]*Provenance
}

// A refTip is a ref and the commit it leads to; none if to none.
type refTip struct {
	tip
	commit uint32
}

// newLine finds the trees above the marked objects.
func newLine(p *paths, marked bitset, t *tips) *line {
	l := &line{
		paths: p, up: map[uint32][]uint32{}, commits: map[uint32][]uint32{}, headTip: none,
		seen: make([]uint32, len(p.objects)), known: map[string]*Provenance{},
		has: newBitset(len(p.graph.commits)), reach: newBitset(len(p.graph.commits)), head: newBitset(len(p.graph.commits)),
	}
	above := climber{paths: p, marked: marked, state: make([]uint8, len(p.objects)), up: l.up}
	for c := range p.graph.commits {
		if tree := p.graph.commits[c].tree; tree != none && above.holds(tree, 0) {
			l.commits[tree] = append(l.commits[tree], uint32(c))
		}
	}
	for _, t := range t.list {
		if t.ref && t.name != "HEAD" {
			l.refs = append(l.refs, refTip{t, l.commitAt(t.id)})
		}
	}
	slices.SortStableFunc(l.refs, func(a, b refTip) int { return strings.Compare(a.name, b.name) })
	if c := l.commitAt(t.head); c != none {
		l.headTip = c
		l.head.add(c)
		for i := c + 1; i > 0; i-- { // parents stand before their children
			if l.head.has(i - 1) {
				for _, k := range p.graph.parentsOf(i - 1) {
					l.head.add(k)
				}
			}
		}
	}
	return l
}

// commitAt returns the commit that an id leads to, none if to no commit.
func (l *line) commitAt(id pack.ID) uint32 {
	return (&resolver{table: l.table, graph: l.graph}).at(id)
}

// A climber finds which trees hold marked objects.
type climber struct {
	*paths
	marked bitset
	state  []uint8 // 0 unknown, 1 holds none, 2 holds one
	up     map[uint32][]uint32
}

func (c *climber) holds(obj uint32, depth int) bool {
	if c.state[obj] == 0 {
		c.state[obj] = 1
		if c.marked.has(obj) { // a tree that is marked for a name may hold more
			c.state[obj] = 2
		}
		if depth <= maxTreeDepth {
			c.look(obj, depth)
		}
	}
	return c.state[obj] == 2
}

func (c *climber) look(tree uint32, depth int) {
	for _, e := range c.trees[tree] {
		if e.child == none || !c.holds(e.child, depth+1) {
			continue
		}
		c.state[tree] = 2
		if up := c.up[e.child]; len(up) == 0 || up[len(up)-1] != tree {
			c.up[e.child] = append(up, tree)
		}
	}
}

// A Place is where a finding stands.
type Place struct {
	Path         string
	Line, Column int    // 0 for a finding in a name
	Commit       string // as in its scan.Origin
}

// Provenance returns what is known of a secret that stands in the given
// objects: blobs, trees that have it in a name, and commits and tags whose
// messages hold it. places are where it was found. It is nil if the run ended
// too early. It may be called once all findings were yielded.
//
// A run over a range knows of the secret only what the range adds: there
// Introduced is the first commit of the range that adds it, and Removed is not
// told.
func (a *Audit) Provenance(objects []string, places []Place, now time.Time) *Provenance {
	if a.structureOf != nil {
		return a.partProvenance(objects, places, now)
	}
	if a.paths == nil || len(objects) == 0 {
		return nil
	}
	if a.line == nil {
		a.line = newLine(a.paths, a.marked, a.tips)
	}
	objects = slices.Sorted(slices.Values(objects))
	key := strings.Join(objects, " ")
	if p, ok := a.line.known[key]; ok {
		return p
	}
	p := a.provenance(objects, now)
	a.line.known[key] = p
	return p
}

// partProvenance is Provenance for a run over a range.
func (a *Audit) partProvenance(objects []string, places []Place, now time.Time) *Provenance {
	if a.line == nil {
		a.paths = newPaths(a.structureOf, 0)
		a.line = newLine(a.paths, newBitset(a.paths.table.len()), a.tips)
	}
	var commits []string
	file, inHead := false, false
	for _, at := range places {
		commits = append(commits, at.Commit)
		file = file || at.Path != "commit:"+at.Commit
		inHead = inHead || a.inHead[at]
	}
	p := a.provenance(commits, now)
	p.Blobs, p.Files = 0, countFiles(places)
	for _, s := range objects {
		if id, err := pack.ParseID(s); err == nil {
			if obj := a.paths.table.find(id); obj != none && a.paths.table.kinds[obj] == pack.Blob {
				p.Blobs++
			}
		}
	}
	if file {
		p.InHead = inHead
	}
	return p
}

// countFiles returns how many files some places lie in.
func countFiles(places []Place) int {
	files := map[string]bool{}
	for _, at := range places {
		if at.Path != "commit:"+at.Commit {
			files[at.Path] = true
		}
	}
	return len(files)
}

func (a *Audit) provenance(objects []string, now time.Time) *Provenance {
	l, p := a.line, &Provenance{}
	files := map[step]bool{}
	clear(l.has)
	l.turn++
	var firsts []uint32
	inHead, inTree := false, false
	for _, s := range objects {
		id, err := pack.ParseID(s)
		obj := l.table.find(id)
		if err != nil || obj == none {
			continue
		}
		if kind := l.table.kinds[obj]; kind == pack.Blob || kind == pack.Tree {
			inTree = true
			firsts = append(firsts, l.objects[obj].commit)
			if kind == pack.Blob {
				p.Blobs++
				firsts = a.addPlaces(files, firsts, obj)
			}
			l.climb(obj)
			for _, tree := range l.versions[obj] {
				l.climb(tree)
			}
			continue
		}
		// A message cannot be taken out: it is in HEAD for good.
		if c := l.commitAt(id); c != none {
			l.has.add(c)
			firsts = append(firsts, c)
			inHead = inHead || l.head.has(c)
		}
	}
	first := l.spread()
	p.Introduced = a.event(first)
	if first != none {
		p.AgeDays = max(0, int(now.Sub(time.Unix(l.graph.commits[first].time, 0)).Hours()/24))
	}
	p.InHead = inHead || l.headTip != none && l.has.has(l.headTip)
	if !p.InHead && inTree {
		p.Removed = a.event(l.removal())
	}
	for _, t := range l.refs {
		if l.refReaches(&t) {
			if p.RefsTotal++; len(p.Refs) < maxRefs {
				p.Refs = append(p.Refs, t.name)
			}
		}
	}
	p.Files, p.Authors = len(files), a.authors(firsts)
	return p
}

// addPlaces adds the paths of a blob that were looked at, and to commits the
// first that has it there.
func (a *Audit) addPlaces(files map[step]bool, commits []uint32, obj uint32) []uint32 {
	first := a.paths.objects[obj]
	for _, at := range append([]place{{step: first.step, commit: first.commit}}, a.paths.places(obj)...) {
		if at.name != none && a.wanted(a.paths.path(at.step)) {
			files[at.step] = true
			commits = append(commits, at.commit)
		}
	}
	return commits
}

// climb adds the commits that have an object.
func (l *line) climb(obj uint32) {
	if l.seen[obj] == l.turn {
		return
	}
	todo := []uint32{obj}
	l.seen[obj] = l.turn
	for len(todo) > 0 {
		obj := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range l.commits[obj] {
			l.has.add(c)
		}
		for _, tree := range l.up[obj] {
			if l.seen[tree] != l.turn {
				l.seen[tree] = l.turn
				todo = append(todo, tree)
			}
		}
	}
}

// spread fills reach from has and returns the commit that came first: the
// earliest of those without an ancestor that has it.
func (l *line) spread() uint32 {
	clear(l.reach)
	first, earliest := none, int64(math.MaxInt64)
	for i := range l.graph.commits {
		c := uint32(i)
		inherited := false
		for _, p := range l.graph.parentsOf(c) {
			inherited = inherited || l.reach.has(p)
		}
		if inherited || l.has.has(c) {
			l.reach.add(c)
		}
		k := &l.graph.commits[c]
		if inherited || !l.has.has(c) || first != none && rank(k.class) < rank(l.graph.commits[first].class) {
			continue
		}
		if k.time < earliest {
			first, earliest = c, k.time
		}
	}
	return first
}

// removal returns the latest ancestor of HEAD that lacks what its parents have.
// A merge that lacks what only some of its parents have is second choice: most
// often it has only taken over what another commit did.
func (l *line) removal() uint32 {
	best, all := none, false
	for i := range l.graph.commits {
		c := uint32(i)
		if !l.head.has(c) || l.has.has(c) {
			continue
		}
		parents := l.graph.parentsOf(c)
		n := 0
		for _, p := range parents {
			if l.has.has(p) {
				n++
			}
		}
		whole := n == len(parents)
		if n == 0 || all && !whole {
			continue
		}
		if best == none || whole && !all || l.graph.commits[c].time >= l.graph.commits[best].time {
			best, all = c, whole
		}
	}
	return best
}

// refReaches reports whether a ref leads to what was asked for.
func (l *line) refReaches(t *refTip) bool {
	if t.commit != none {
		return l.reach.has(t.commit)
	}
	obj := l.table.find(t.id)
	if obj != none {
		obj = l.graph.target(obj, scan.NoExposure)
	}
	return obj != none && l.seen[obj] == l.turn // a tree or blob
}

// event reads a commit; nil for none and for one that cannot be read any more.
func (a *Audit) event(c uint32) *Event {
	if c == none {
		return nil
	}
	id := a.paths.table.id(a.paths.graph.commits[c].obj)
	_, data, err := a.store.Get(id)
	if err != nil {
		return &Event{Commit: id.String(), Time: time.Unix(a.paths.graph.commits[c].time, 0)}
	}
	var h pack.CommitHeader
	_ = h.Parse(a.store.Hash(), data) // what could be read is in it
	return &Event{
		Commit: id.String(), Time: time.Unix(h.Committer.Unix, 0), Author: personText(&h.Author), Subject: subject(data[h.Message:]),
	}
}

func personText(s *pack.Signature) string {
	name := string(s.Name)
	if len(s.Email) > 0 {
		name = strings.TrimSpace(name + " <" + string(s.Email) + ">")
	}
	return name
}

// subject returns the first paragraph of a message in one line, as git does.
func subject(message []byte) string {
	message = bytes.TrimLeft(message, "\n")
	if i := bytes.Index(message, []byte("\n\n")); i >= 0 {
		message = message[:i]
	}
	const longest = 1000
	return string(bytes.TrimSpace(bytes.ReplaceAll(message[:min(len(message), longest)], []byte("\n"), []byte(" "))))
}

// authors returns who made some commits, none among them or not. Those of whom
// a name or an address is a finding are left out.
func (a *Audit) authors(commits []uint32) []string {
	slices.Sort(commits)
	var out []string
	for _, c := range slices.Compact(commits) {
		if c == none || len(out) == maxAuthors {
			break
		}
		if a.veiled[a.paths.graph.commits[c].obj] {
			continue
		}
		if e := a.event(c); e.Author != "" && !slices.Contains(out, e.Author) {
			out = append(out, e.Author)
		}
	}
	return out
}
