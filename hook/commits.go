package hook

import (
	"container/heap"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// maxTagDepth bounds tags of tags.
const maxTagDepth = 16

// slop is how many commits of the known history are looked at beyond the date
// of the oldest new one: the clocks of those who commit differ.
const slop = 64

// A history is the part of a history that a push adds.
type history struct {
	commits []*commit // oldest first
	tags    []tagObject
	loose   []repo.Hash // blobs and trees that a ref or a tag points to
	lost    []*scan.Incomplete
}

// A tagObject is an annotated tag.
type tagObject struct {
	id   repo.Hash
	data []byte
}

// A walker finds the commits that can be reached from some and not from
// others, newest first, as git rev-list does.
type walker struct {
	r       *Repository
	nodes   map[repo.Hash]*node
	queue   queue
	wanted  int // nodes in the queue that are not known
	shallow map[repo.Hash]bool
	out     []*node
	h       *history
}

type node struct {
	*commit
	known  bool // the other side has it
	queued bool
}

// added returns what can be reached from tips and not from known. Ids of known
// that are absent are passed over.
func (r *Repository) added(tips, known []repo.Hash) (*history, error) {
	w := walker{r: r, nodes: map[repo.Hash]*node{}, h: &history{}}
	if err := w.readShallow(); err != nil {
		return nil, err
	}
	for _, id := range known {
		if c, _, ok := r.peel(id, nil); ok {
			w.push(c, true)
		}
	}
	for _, id := range tips {
		w.tip(id)
	}
	w.walk()
	for _, n := range slices.Backward(w.out) {
		if !n.known {
			w.h.commits = append(w.h.commits, n.commit)
		}
	}
	return w.h, nil
}

func (w *walker) readShallow() error {
	name := filepath.Join(w.r.repo.CommonDir, "shallow")
	if v, ok := w.r.env("GIT_SHALLOW_FILE"); ok && v != "" {
		name = v
	}
	list, err := w.r.ids(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	w.shallow = make(map[repo.Hash]bool, len(list))
	for _, id := range list {
		w.shallow[id] = true
	}
	return nil
}

// tip starts the walk at an object, through tags.
func (w *walker) tip(id repo.Hash) {
	c, other, ok := w.r.peel(id, func(t tagObject) { w.h.tags = append(w.h.tags, t) })
	switch {
	case ok:
		w.push(c, false)
	case other.err != nil:
		w.h.lost = append(w.h.lost, w.r.incomplete("", id, other.err))
	default:
		w.h.loose = append(w.h.loose, other.id)
	}
}

// An end is where tags lead to if that is no commit.
type end struct {
	id  repo.Hash
	err error
}

// peel follows tags to a commit. seen, if not nil, is told of each tag.
func (r *Repository) peel(id repo.Hash, seen func(tagObject)) (*commit, end, bool) {
	for range maxTagDepth {
		t, data, err := r.store.Get(packID(id))
		if err != nil {
			return nil, end{id, err}, false
		}
		switch t {
		case pack.Commit:
			c, err := r.commit(id)
			return c, end{id, err}, err == nil
		case pack.Tag:
			var h pack.TagHeader
			if err := h.Parse(r.store.Hash(), data); err != nil {
				return nil, end{id, err}, false
			}
			if seen != nil {
				seen(tagObject{id, data})
			}
			id = repoHash(h.Object)
		default:
			return nil, end{id: id}, false
		}
	}
	return nil, end{id, errors.New("tags nest too deeply")}, false
}

// push puts a commit into the queue, or marks one that was there as known.
func (w *walker) push(c *commit, known bool) {
	n := w.nodes[c.id]
	if n == nil {
		n = &node{commit: c, known: known, queued: true}
		w.nodes[c.id] = n
		heap.Push(&w.queue, n)
		if !known {
			w.wanted++
		}
		return
	}
	if known {
		w.mark(n)
	}
}

// mark makes a commit known, with all its ancestors that were seen before.
func (w *walker) mark(n *node) {
	todo := []*node{n}
	for len(todo) > 0 {
		n, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if n.known {
			continue
		}
		n.known = true
		if n.queued {
			w.wanted--
		}
		for _, p := range n.parents {
			if q := w.nodes[p]; q != nil {
				todo = append(todo, q)
			}
		}
	}
}

func (w *walker) walk() {
	extra := slop
	for w.queue.Len() > 0 {
		if w.wanted == 0 {
			// What is known may still lead to a commit taken for new.
			if len(w.out) == 0 {
				return
			}
			if w.queue[0].time < w.out[len(w.out)-1].time {
				if extra--; extra < 0 {
					return
				}
			}
		}
		n := heap.Pop(&w.queue).(*node)
		n.queued = false
		if !n.known {
			w.wanted--
			w.out = append(w.out, n)
		}
		for _, p := range n.parents {
			w.parent(n, p)
		}
	}
}

func (w *walker) parent(child *node, id repo.Hash) {
	if n := w.nodes[id]; n != nil {
		if child.known {
			w.mark(n)
		}
		return
	}
	c, err := w.r.commit(id)
	if err == nil {
		w.push(c, child.known)
		return
	}
	if child.known {
		return // the other side has it, whatever is the matter here
	}
	i := w.r.incomplete("commit:"+child.id.String(), id, err)
	if w.shallow[child.id] {
		i.Reason, i.Cure = "shallow", "git fetch --unshallow"
		i.Detail = "the history ends here in this clone, so that it is open what is new"
	}
	w.h.lost = append(w.h.lost, i)
}

// A queue orders commits by date, newest first, then by id.
type queue []*node

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].time != q[j].time {
		return q[i].time > q[j].time
	}
	return q[i].id.String() < q[j].id.String()
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*node)) }
func (q *queue) Pop() any {
	old := *q
	n := old[len(old)-1]
	*q = old[:len(old)-1]
	return n
}
