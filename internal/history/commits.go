package history

import (
	"bytes"
	"container/heap"
	"slices"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

// A commit is a node of the graph of commits.
type commit struct {
	obj     uint32 // number of its object
	tree    uint32 // likewise; none if it is absent
	from    uint32 // its parents are graph.parents[from:to], absent ones left out
	to      uint32
	time    int64 // of the committer, seconds
	class   scan.Exposure
	lacking bool // a parent is absent
}

// A tag is an annotated tag.
type tag struct {
	obj    uint32
	target uint32 // number of the object; none if it is absent
	class  scan.Exposure
}

// A graph is the commits and tags of a repository. Commits are numbered in the
// order in which they are told: published ones before those only a reflog, a
// stash or nothing refers to, parents before their children, older first.
type graph struct {
	commits  []commit
	parents  []uint32
	tags     []tag
	commitOf map[uint32]uint32 // by number of the object
	tagOf    map[uint32]uint32
}

// rawCommit and rawTag are what one object says, before all are known.
type rawCommit struct {
	obj, tree uint32
	parents   []uint32 // numbers of objects
	lost      []pack.ID
	time      int64
}

type rawTag struct{ obj, target uint32 }

// newGraph joins commits and tags. Its commits are in the order of their
// objects and without classes; see [graph.classify].
func newGraph(commits []rawCommit, tags []rawTag) *graph {
	slices.SortFunc(commits, func(a, b rawCommit) int { return int(a.obj) - int(b.obj) })
	slices.SortFunc(tags, func(a, b rawTag) int { return int(a.obj) - int(b.obj) })
	g := &graph{commitOf: make(map[uint32]uint32, len(commits)), tagOf: make(map[uint32]uint32, len(tags))}
	for i, c := range commits {
		g.commitOf[c.obj] = uint32(i)
	}
	for i, c := range commits {
		from := uint32(len(g.parents))
		lacking := len(c.lost) > 0
		for _, p := range c.parents {
			if n, ok := g.commitOf[p]; ok {
				g.parents = append(g.parents, n)
			} else {
				lacking = true // it is damaged
			}
		}
		g.commits = append(g.commits, commit{obj: c.obj, tree: c.tree, from: from, to: uint32(len(g.parents)), time: c.time, lacking: lacking})
		commits[i].parents = nil
	}
	for i, t := range tags {
		g.tagOf[t.obj] = uint32(i)
		g.tags = append(g.tags, tag{obj: t.obj, target: t.target})
	}
	return g
}

func (g *graph) parentsOf(c uint32) []uint32 { return g.parents[g.commits[c].from:g.commits[c].to] }

// target follows tags from an object to what they lead to, and gives the tags
// on the way a class. It returns none for an absent object.
func (g *graph) target(obj uint32, class scan.Exposure) uint32 {
	for range len(g.tags) + 1 {
		t, ok := g.tagOf[obj]
		if !ok {
			return obj
		}
		g.tags[t].class = max(g.tags[t].class, class)
		obj = g.tags[t].target
	}
	return none
}

// reach gives all commits that can be reached from start at least this class.
// A class goes on to all ancestors, so that it need not be followed where it
// is there already.
func (g *graph) reach(start uint32, class scan.Exposure) {
	if g.commits[start].class >= class {
		return
	}
	g.commits[start].class = class
	todo := []uint32{start}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range g.parentsOf(c) {
			if g.commits[p].class < class {
				g.commits[p].class = class
				todo = append(todo, p)
			}
		}
	}
}

// classify gives each commit and tag the highest class of what refers to it,
// [scan.Unreachable] at least, and returns what tips refer to beside commits.
func (g *graph) classify(list []tip, t *table) (others []tip) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b tip) int { return int(b.class) - int(a.class) })
	for _, tip := range list {
		obj := t.find(tip.id)
		if obj == none {
			continue
		}
		obj = g.target(obj, tip.class)
		if c, ok := g.commitOf[obj]; ok {
			g.reach(c, tip.class)
		} else if obj != none {
			others = append(others, tip)
		}
	}
	for i := range g.tags {
		g.tags[i].class = max(g.tags[i].class, scan.Unreachable)
	}
	for i := range g.commits {
		g.commits[i].class = max(g.commits[i].class, scan.Unreachable)
	}
	return others
}

// published reports whether a class is that of what refs refer to.
func published(e scan.Exposure) bool { return e >= scan.Committed }

// rank orders commits by class: those of refs come first and are as one.
func rank(e scan.Exposure) scan.Exposure { return min(e, scan.Committed) }

// sort numbers the commits anew, in the order that [graph] tells of. Classes
// fall from parents to children, so that the order by class keeps parents first.
func (g *graph) sort(t *table) {
	order := g.order(t)
	place := make([]uint32, len(order))
	for i, c := range order {
		place[c] = uint32(i)
	}
	commits := make([]commit, len(order))
	for i, c := range order {
		commits[i] = g.commits[c]
	}
	g.commits = commits
	for i, p := range g.parents {
		g.parents[i] = place[p]
	}
	for obj, c := range g.commitOf {
		g.commitOf[obj] = place[c]
	}
}

func (g *graph) order(t *table) []uint32 {
	children := make([][]uint32, len(g.commits))
	waits := make([]int, len(g.commits))
	q := &commitQueue{graph: g, table: t}
	for c := range g.commits {
		parents := g.parentsOf(uint32(c))
		waits[c] = len(parents)
		for _, p := range parents {
			children[p] = append(children[p], uint32(c))
		}
		if len(parents) == 0 {
			q.list = append(q.list, uint32(c))
		}
	}
	heap.Init(q)
	order := make([]uint32, 0, len(g.commits))
	for q.Len() > 0 {
		c := heap.Pop(q).(uint32)
		order = append(order, c)
		for _, k := range children[c] {
			if waits[k]--; waits[k] == 0 {
				heap.Push(q, k)
			}
		}
	}
	// Only names that are not those of their contents can make a cycle.
	for c, n := range waits {
		if n > 0 {
			order = append(order, uint32(c))
		}
	}
	return order
}

// A commitQueue is a heap of commits, the next to be told first.
type commitQueue struct {
	*graph
	table *table
	list  []uint32
}

func (q *commitQueue) Len() int { return len(q.list) }
func (q *commitQueue) Less(i, j int) bool {
	a, b := &q.commits[q.list[i]], &q.commits[q.list[j]]
	if ra, rb := rank(a.class), rank(b.class); ra != rb {
		return ra > rb
	}
	if a.time != b.time {
		return a.time < b.time
	}
	return bytes.Compare(q.table.name(a.obj), q.table.name(b.obj)) < 0
}
func (q *commitQueue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *commitQueue) Push(x any)    { q.list = append(q.list, x.(uint32)) }
func (q *commitQueue) Pop() any {
	c := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return c
}
