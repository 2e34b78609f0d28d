package judge

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	treeDepth   = 4
	treeSplits  = 1<<treeDepth - 1
	treeLeaves  = 1 << treeDepth
	leafScale   = 1000 // leaves are whole thousandths of a logit
	maxTrees    = 1000
	weightsHead = "keysift judge weights 1"
)

type split struct {
	feature   uint16
	threshold float32
}

// tree is complete: split i leads to 2i+1 where the feature is at most the
// threshold, else to 2i+2. A split that decides nothing has an infinite threshold.
type tree struct {
	splits [treeSplits]split
	leaves [treeLeaves]int32
}

// knot is a point of the calibration: log odds of the trees, probability.
type knot struct{ raw, p float64 }

type model struct {
	bounds [levelCount]float64
	bias   int32
	knots  []knot
	trees  []tree
	checks []check // in the order of the trees
}

// raw returns the log odds the trees give.
func (m *model) raw(f *features) float64 {
	return float64(m.bias+m.sum(f, 0, len(m.trees))) / leafScale
}

// sum returns what the trees from the one on and before the other add up to.
func (m *model) sum(f *features, from, to int) (sum int32) {
	for i := from; i < to; i++ {
		t := &m.trees[i]
		k := 0
		for range treeDepth {
			s := &t.splits[k]
			k = 2*k + 1
			if f[s.feature] > s.threshold {
				k++
			}
		}
		sum += t.leaves[k-treeSplits]
	}
	return sum
}

// probability returns the calibrated probability.
func (m *model) probability(f *features) float64 { return m.calibrate(m.raw(f)) }

// worth is probability, but for 0 if that is less than the bound of [LevelLow],
// which most often the first trees tell.
func (m *model) worth(f *features) float64 {
	sum, at := m.bias, 0
	for _, c := range m.checks {
		sum += m.sum(f, at, c.tree)
		if at = c.tree; sum < c.least {
			return 0
		}
	}
	return m.calibrate(float64(sum+m.sum(f, at, len(m.trees))) / leafScale)
}

// A check is a tree before which a sum that is less than least cannot come to
// the bound of LevelLow any more.
type check struct {
	tree  int
	least int32
}

// checkEvery is how many trees stand between two checks.
const checkEvery = 16

// setChecks fills in the checks.
func (m *model) setChecks() {
	need := int32(math.MaxInt32) // the least sum of all that is enough
	for lo, hi := int32(-1<<20), int32(1<<20); lo < hi; {
		mid := lo + (hi-lo)/2
		if m.calibrate(float64(mid)/leafScale) >= m.bounds[LevelLow] {
			hi, need = mid, mid
		} else {
			lo = mid + 1
		}
	}
	if need == math.MaxInt32 {
		return
	}
	most := int32(0) // that the trees from here on can add
	for i := len(m.trees) - 1; i > 0; i-- {
		most += slices.Max(m.trees[i].leaves[:])
		if i%checkEvery == 0 {
			m.checks = append(m.checks, check{i, need - most})
		}
	}
	slices.Reverse(m.checks)
}

func (m *model) calibrate(raw float64) float64 {
	k := m.knots
	if raw <= k[0].raw {
		return k[0].p
	}
	for i := 1; i < len(k); i++ {
		if raw <= k[i].raw {
			a, b := k[i-1], k[i]
			return a.p + (b.p-a.p)*(raw-a.raw)/(b.raw-a.raw)
		}
	}
	return k[len(k)-1].p
}

// modelReader reads a weights file line by line.
type modelReader struct {
	rest string
	line int
}

func (r *modelReader) next() []string {
	line, rest, _ := strings.Cut(r.rest, "\n")
	r.rest = rest
	r.line++
	return strings.Fields(line)
}

func (r *modelReader) errorf(format string, args ...any) error {
	return fmt.Errorf("reading weights: line %d: %s", r.line, fmt.Sprintf(format, args...))
}

// parseModel reads the weights: a head, the bounds of the levels, the names of
// the features, the calibration and the trees.
func parseModel(text string) (*model, error) {
	r := &modelReader{rest: text}
	if got := strings.Join(r.next(), " "); got != weightsHead {
		return nil, r.errorf("head %q, want %q", got, weightsHead)
	}
	m := &model{}
	for l := LevelLow; l < levelCount; l++ {
		if err := r.number(levelNames[l], &m.bounds[l]); err != nil {
			return nil, err
		}
		if m.bounds[l] <= m.bounds[l-1] || m.bounds[l] > 1 {
			return nil, r.errorf("level %s: %v, want more than the level below and at most 1", levelNames[l], m.bounds[l])
		}
	}
	names := FeatureNames()
	for i := 0; i < len(names); {
		w := r.next()
		if len(w) < 2 || w[0] != "features" {
			return nil, r.errorf("want %d features, got %d", len(names), i)
		}
		for _, name := range w[1:] {
			if i >= len(names) || name != names[i] {
				return nil, r.errorf("feature %d is %q, which this version does not compute there", i, name)
			}
			i++
		}
	}
	if err := r.calibration(m); err != nil {
		return nil, err
	}
	var bias float64
	if err := r.number("bias", &bias); err != nil {
		return nil, err
	}
	m.bias = int32(math.Round(bias * leafScale))
	for r.rest != "" {
		if len(m.trees) == maxTrees {
			return nil, r.errorf("more than %d trees", maxTrees)
		}
		t, err := r.tree()
		if err != nil {
			return nil, err
		}
		m.trees = append(m.trees, t)
	}
	m.setChecks()
	return m, nil
}

var levelNames = [levelCount]string{"none", "low", "medium", "high"}

// String returns the name of the level.
func (l Level) String() string {
	if l < levelCount {
		return levelNames[l]
	}
	return "unknown"
}

func (r *modelReader) number(name string, to *float64) error {
	w := r.next()
	if len(w) != 2 || w[0] != name {
		return r.errorf("want %q and a number", name)
	}
	v, err := strconv.ParseFloat(w[1], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return r.errorf("%s: %q is no number", name, w[1])
	}
	*to = v
	return nil
}

func (r *modelReader) calibration(m *model) error {
	w := r.next()
	if len(w) < 5 || len(w)%2 == 0 || w[0] != "calibration" {
		return r.errorf("want calibration and at least two points")
	}
	for i := 1; i+1 < len(w); i += 2 {
		raw, err1 := strconv.ParseFloat(w[i], 64)
		p, err2 := strconv.ParseFloat(w[i+1], 64)
		if err1 != nil || err2 != nil || !(p >= 0 && p <= 1) {
			return r.errorf("calibration: bad point %s %s", w[i], w[i+1])
		}
		if n := len(m.knots); n > 0 && (!(raw > m.knots[n-1].raw) || p < m.knots[n-1].p) {
			return r.errorf("calibration: points do not rise")
		}
		m.knots = append(m.knots, knot{raw, p})
	}
	return nil
}

func (r *modelReader) tree() (tree, error) {
	var t tree
	w := r.next()
	if len(w) != 1+2*treeSplits+treeLeaves || w[0] != "tree" {
		return t, r.errorf("want a tree of %d splits and %d leaves", treeSplits, treeLeaves)
	}
	w = w[1:]
	for i := range t.splits {
		n, err1 := strconv.ParseUint(w[2*i], 10, 16)
		v, err2 := strconv.ParseFloat(w[2*i+1], 32)
		if err1 != nil || err2 != nil || n >= uint64(featureCount) || math.IsNaN(v) {
			return t, r.errorf("split %d: bad feature or threshold: %s %s", i, w[2*i], w[2*i+1])
		}
		t.splits[i] = split{uint16(n), float32(v)}
	}
	for i := range t.leaves {
		n, err := strconv.ParseInt(w[2*treeSplits+i], 10, 32)
		if err != nil || n > 100*leafScale || n < -100*leafScale {
			return t, r.errorf("leaf %d: bad value %s", i, w[2*treeSplits+i])
		}
		t.leaves[i] = int32(n)
	}
	return t, nil
}
