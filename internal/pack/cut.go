package pack

// inflateCost is what decompression costs a compressed byte, where copying a
// byte costs one.
const inflateCost = 24

// maxSize bounds the size of an object for the estimate, so that no sum of
// sizes overflows whatever the headers of a pack say.
const maxSize = 1 << 31

// weigh returns what it costs to read what hangs on each node, zero where
// nothing is to be delivered, and fills in bytes. Units that would keep one of
// the workers busy long after the others are done are cut: see [planner.split].
//
// The size of an object that is a delta is not known before it is read; it is
// taken to be that of its root.
func (pl *planner) weigh(workers int) []int64 {
	own, total := make([]int64, len(pl.parent)), int64(0)
	size := make([]int64, len(pl.parent))
	pl.forward(func(i int32) {
		packed := int64(0)
		if int(i) < len(pl.off) {
			packed = int64(pl.end(int(i))) - int64(pl.off[i])
		}
		if p := pl.parent[i]; p >= 0 {
			size[i] = size[p]
		} else if e, err := pl.entryOf(i); err == nil {
			size[i] = int64(min(e.size, maxRatio*(uint64(packed)+1), maxSize))
		}
		if pl.weight[i] == 0 {
			return
		}
		own[i] = 1 + size[i] + inflateCost*packed
		total += own[i]
		pl.bytes += packed
	})
	cost := pl.sum(own)
	if pl.split(cost, own, total, workers) {
		cost = pl.sum(own)
	}
	return cost
}

func (pl *planner) entryOf(node int32) (entry, error) {
	if int(node) >= len(pl.off) {
		return entry{}, errHeader
	}
	return pl.p.entry(pl.off[node])
}

// sum adds to each node what hangs on it, as far as it is not cut off.
func (pl *planner) sum(own []int64) []int64 {
	cost := append([]int64(nil), own...)
	pl.backward(func(i int32) {
		if p := pl.parent[i]; p >= 0 && !pl.cut.has(int(i)) {
			cost[p] += cost[i]
		}
	})
	return cost
}

// split cuts the trees that are large for one of several workers into pieces.
// The base of a cut node has to be made once more; what a caller knows of that
// is not there, as if the base came from another pack.
func (pl *planner) split(cost, own []int64, total int64, workers int) bool {
	if workers < 2 {
		return false
	}
	large, piece := total/int64(2*workers), total/int64(4*workers)
	tree := make([]bool, len(pl.parent)) // it is in a large one
	any := false
	pl.forward(func(i int32) {
		p := pl.parent[i]
		tree[i] = p < 0 && cost[i] > large || p >= 0 && tree[p]
		any = any || tree[i]
	})
	if !any {
		return false
	}
	pl.cut = newBitset(len(pl.parent))
	held := make([]int64, len(pl.parent))
	pl.backward(func(i int32) {
		p := pl.parent[i]
		held[i] += own[i]
		switch {
		case p < 0 || !tree[i]:
		case held[i] >= piece:
			pl.cut.set(int(i))
		default:
			held[p] += held[i]
		}
	})
	return true
}
