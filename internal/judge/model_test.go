package judge

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// smallWeights returns a weights file of one tree that splits on the length.
func smallWeights() string {
	var b strings.Builder
	b.WriteString(weightsHead + "\nlow 0.2\nmedium 0.7\nhigh 0.9\nfeatures " + strings.Join(FeatureNames(), " ") +
		"\ncalibration -1 0.1 1 0.9\nbias 0.5\ntree 0 0.5")
	for range treeSplits - 1 {
		b.WriteString(" 0 inf")
	}
	for i := range treeLeaves {
		if i < treeLeaves/2 {
			b.WriteString(" -500")
		} else {
			b.WriteString(" 250")
		}
	}
	b.WriteString("\n")
	return b.String()
}

func TestModel(t *testing.T) {
	m, err := parseModel(smallWeights())
	if err != nil {
		t.Fatal(err)
	}
	var f features
	if got := m.raw(&f); got != 0 {
		t.Errorf("raw of the left side = %v, want 0", got)
	}
	if got := m.probability(&f); got != 0.5 {
		t.Errorf("probability of the left side = %v, want 0.5", got)
	}
	f[0] = 1
	if got := m.raw(&f); got != 0.75 {
		t.Errorf("raw of the right side = %v, want 0.75", got)
	}
	for raw, want := range map[float64]float64{-9: 0.1, -1: 0.1, 1: 0.9, 9: 0.9} {
		if got := m.calibrate(raw); got != want {
			t.Errorf("calibrate(%v) = %v, want %v", raw, got, want)
		}
	}
}

func TestModelErrors(t *testing.T) {
	good := smallWeights()
	tests := []struct{ name, old, new, want string }{
		{"empty", good, "", `reading weights: line 1: head "", want "keysift judge weights 1"`},
		{"version", "weights 1", "weights 2", `reading weights: line 1: head "keysift judge weights 2", want "keysift judge weights 1"`},
		{"no level", "low 0.2", "low", `reading weights: line 2: want "low" and a number`},
		{"bad level", "low 0.2", "low x", `reading weights: line 2: low: "x" is no number`},
		{"levels fall", "medium 0.7", "medium 0.1", "reading weights: line 3: level medium: 0.1, want more than the level below and at most 1"},
		{"feature", "form:assignment", "form:other", `reading weights: line 5: feature 0 is "form:other", which this version does not compute there`},
		{"calibration", "calibration -1 0.1", "calibration -1", "reading weights: line 6: want calibration and at least two points"},
		{"calibration falls", "1 0.9\n", "1 0.05\n", "reading weights: line 6: calibration: points do not rise"},
		{"probability", "1 0.9\n", "1 1.9\n", "reading weights: line 6: calibration: bad point 1 1.9"},
		{"bias", "bias 0.5", "bias", `reading weights: line 7: want "bias" and a number`},
		{"short tree", "tree 0 0.5", "tree 0.5", "reading weights: line 8: want a tree of 15 splits and 16 leaves"},
		{"split", "tree 0 0.5", "tree 9999 0.5", "reading weights: line 8: split 0: bad feature or threshold: 9999 0.5"},
		{"leaf", "-500", "half", "reading weights: line 8: leaf 0: bad value half"},
	}
	for _, tt := range tests {
		_, err := parseModel(strings.Replace(good, tt.old, tt.new, 1))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestVocabularyErrors(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"empty", vocabularyText, "", "reading vocabulary: no trigram table"},
		{"short row", "\n", "\n0\n", "reading vocabulary: line 2: 1 columns, want 27"},
		{"band", "words 15", "words 16", `reading vocabulary: line 731: band "16", want 1 to 15`},
	}
	for _, tt := range tests {
		_, err := parseVocabulary(strings.Replace(vocabularyText, tt.old, tt.new, 1))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestEmbedded(t *testing.T) {
	j, err := New([]byte(defaultWeights))
	if err != nil {
		t.Fatal(err)
	}
	if len(defaultWeights) > 100_000 {
		t.Errorf("weights of %d bytes, want at most 100,000", len(defaultWeights))
	}
	if !(0 < j.Bound(LevelLow) && j.Bound(LevelLow) < j.Bound(LevelMedium) && j.Bound(LevelMedium) < j.Bound(LevelHigh)) {
		t.Errorf("bounds %v, %v, %v do not rise", j.Bound(LevelLow), j.Bound(LevelMedium), j.Bound(LevelHigh))
	}
	names := map[string]bool{}
	for _, n := range FeatureNames() {
		if n == "" || names[n] {
			t.Errorf("feature name %q is empty or stands twice", n)
		}
		names[n] = true
	}
	if len(names) != featureCount {
		t.Errorf("%d feature names, want %d", len(names), featureCount)
	}
}

func TestVocabulary(t *testing.T) {
	m, err := NewMeter()
	if err != nil {
		t.Fatal(err)
	}
	if common, rare := m.voc.band([]byte("the")), m.voc.band([]byte("verbatim")); common <= rare || rare == 0 {
		t.Errorf("bands of a common and a rarer word: %d and %d", common, rare)
	}
	if got := m.voc.band([]byte("zqxjk")); got != 0 {
		t.Errorf("band of no word = %d, want 0", got)
	}
	if word, noise := m.voc.bits([]byte("connection")), m.voc.bits([]byte("xqzvkjwpgf")); word >= noise/2 {
		t.Errorf("cost of a word %v, of noise %v", word, noise)
	}
}

// TestWorth holds the trees that stop early to those that do not.
func TestWorth(t *testing.T) {
	m := Default().model
	if len(m.checks) == 0 {
		t.Fatal("no checks: the trees never stop early")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	stopped := 0
	for range 5000 {
		var f features
		for i := range m.trees { // values on either side of what the trees ask for
			s := &m.trees[i].splits[rng.IntN(treeSplits)]
			if !math.IsInf(float64(s.threshold), 0) {
				f[s.feature] = s.threshold + float32(rng.IntN(3)-1)
			}
		}
		want := m.probability(&f)
		if want < m.bounds[LevelLow] {
			want = 0
			stopped++
		}
		got := m.worth(&f)
		if got < m.bounds[LevelLow] {
			got = 0
		}
		if got != want {
			t.Fatalf("worth %v, want %v", got, want)
		}
	}
	if stopped == 0 || stopped == 5000 {
		t.Errorf("%d of 5000 below the bound, want some on both sides", stopped)
	}
}
