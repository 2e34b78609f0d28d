package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/judge"
)

// synthetic returns samples whose truth depends on two of their features.
func synthetic(n int) ([]sample, []int, []float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	features := len(judge.FeatureNames())
	data := make([]sample, n)
	groups := make([]int, n)
	weights := make([]float64, n)
	for i := range data {
		x := make([]float32, features)
		for k := range x {
			x[k] = float32(rng.IntN(9))
		}
		data[i] = sample{features: x, weight: 1}
		if x[3] > 4 && x[7] > 2 || rng.IntN(20) == 0 {
			data[i].truth = 1
		}
		groups[i], weights[i] = i%10, 1
	}
	return data, groups, weights
}

func smallSettings() settings {
	set := defaultSettings()
	set.trees, set.columns, set.rate = 40, 1, 0.2
	return set
}

func trainedWeights(t *testing.T, data []sample, groups []int, weights []float64) ([]byte, *forest) {
	t.Helper()
	f := boost(data, groups, weights, smallSettings())
	tr := &trained{forest: f, knots: []knot{{-2, 0.1}, {2, 0.9}}, bounds: bounds{0.3, 0.75, 0.95}}
	var out bytes.Buffer
	if err := tr.write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), f
}

func TestTrainingIsDeterministic(t *testing.T) {
	data, groups, weights := synthetic(1500)
	first, f := trainedWeights(t, data, groups, weights)
	second, _ := trainedWeights(t, data, groups, weights)
	if !bytes.Equal(first, second) {
		t.Error("training twice on the same data gives different weights")
	}
	if _, err := judge.New(first); err != nil {
		t.Errorf("the judge does not read the weights: %v", err)
	}
	right := 0
	for i := range data {
		if (f.raw(data[i].features) > 0) == (data[i].truth == 1) {
			right++
		}
	}
	if right < 1350 {
		t.Errorf("%d of 1500 right on the training data, want 1350", right)
	}
}

// A split of the trees means the same in training, which sees bins, and at
// inference, which sees values.
func TestBinsAgreeWithThresholds(t *testing.T) {
	data, groups, weights := synthetic(400)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range data {
		data[i].features[0] = float32(rng.NormFloat64() * 1000)
	}
	b := bin(data)
	f := boost(data, groups, weights, smallSettings())
	for _, tree := range f.trees {
		for i := range data {
			one := forest{trees: []boosted{tree}}
			if got, want := one.raw(data[i].features), tree.leaf(b, int32(i)); got != want {
				t.Fatalf("sample %d: %v by value, %v by bin", i, got, want)
			}
		}
	}
}

func TestCalibrationRises(t *testing.T) {
	data, _, weights := synthetic(2000)
	rng := rand.New(rand.NewPCG(5, 6))
	raw := make([]float64, len(data))
	for i := range raw {
		raw[i] = rng.NormFloat64()
		data[i].truth = 0
		if rng.NormFloat64()+raw[i] > 0 {
			data[i].truth = 1
		}
	}
	knots := calibration(raw, data, weights)
	if len(knots) < 5 {
		t.Fatalf("%d points, want some", len(knots))
	}
	for i := 1; i < len(knots); i++ {
		if knots[i].raw <= knots[i-1].raw || knots[i].p < knots[i-1].p {
			t.Errorf("point %d does not rise: %v after %v", i, knots[i], knots[i-1])
		}
	}
	if p := calibrate(knots, 0); p < 0.35 || p > 0.65 {
		t.Errorf("probability in the middle %v, want about a half", p)
	}
}

func TestJudged(t *testing.T) {
	w := &Window{Labels: []Label{{Line: 2, EndLine: 4, Truth: "T", Category: "Password"}, {Line: 6, EndLine: 6, Truth: "F"}, {Line: 8, EndLine: 8, Truth: "T", Category: "Token"}}}
	out := judged(w, []Record{{Line: 3, End: 3, Score: 0.9}, {Line: 6, End: 6, Score: 0.8}, {Line: 6, End: 6, Score: 0.4}, {Line: 9, End: 9, Score: 0.2}}, nil)
	tests := []struct {
		threshold float64
		want      counts
	}{{0.95, counts{0, 0, 2}}, {0.85, counts{1, 0, 1}}, {0.5, counts{1, 1, 1}}, {0.1, counts{1, 2, 1}}}
	for _, tt := range tests {
		if got := at(out, tt.threshold); got != tt.want {
			t.Errorf("at %v: %+v, want %+v", tt.threshold, got, tt.want)
		}
	}
}

func TestTruthOf(t *testing.T) {
	w := &Window{Labels: []Label{
		{Line: 1, EndLine: 1, Truth: "T", Values: []Value{{10, 20, "T"}, {30, 35, "F"}}},
		{Line: 2, EndLine: 5, Truth: "T"},
		{Line: 6, EndLine: 6, Truth: "T", Values: []Value{{4, -1, "T"}}},
		{Line: 7, EndLine: 7, Truth: "X", Values: []Value{{4, 9, "X"}}},
	}}
	tests := []struct {
		line, start, end int
		truth, weight    float32
	}{{1, 12, 15, 1, 1}, {1, 30, 35, 0, 0.2}, {3, 0, 5, 0, 0}, {6, 8, 12, 1, 1}, {7, 4, 9, 0, 1}, {9, 0, 4, 0, 1}}
	for _, tt := range tests {
		truth, weight := truthOf(w, tt.line, tt.start, tt.end)
		if truth != tt.truth || weight != tt.weight {
			t.Errorf("line %d, %d to %d: truth %v weight %v, want %v %v", tt.line, tt.start, tt.end, truth, weight, tt.truth, tt.weight)
		}
	}
}

func TestMaterialName(t *testing.T) {
	for path, want := range map[string]string{"a/b.go": "a/b.7.go", "a.b/c": "a.b/c.7", "a/.env": "a/.env.7", "x.tar.gz": "x.tar.7.gz"} {
		if got := materialName(path, 7); got != want {
			t.Errorf("materialName(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestPemBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	line := func(first string) string {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		b := []byte(first)
		for len(b) < 64 {
			b = append(b, alphabet[rng.IntN(64)])
		}
		return string(b) + "\n"
	}
	dashes := strings.Repeat("-", 5)
	block := func(kind, body string) string {
		return dashes + "BEGIN " + kind + dashes + "\n" + body + dashes + "END " + kind + dashes + "\n"
	}
	key := line("MII") + line("") + line("")
	tests := []struct {
		name, text string
		want       []Record
	}{
		{"key", "x\n" + block("EC PRIVATE"+" KEY", key), []Record{{Rule: "private-key", Line: 2, End: 6, Score: 0.99}}},
		{"certificate", block("CERTIFICATE", key), nil},
		{"elided", block("PRIVATE"+" KEY", "MII...\n"), nil},
		{"no DER", block("PRIVATE"+" KEY", line("xyz")+line("")), nil},
	}
	for _, tt := range tests {
		if got := pemBlocks([]byte(tt.text)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSplitWords(t *testing.T) {
	got := splitWords([]byte("parseHTTPRequest max_len to the XMLHttpRequest2"))
	want := []string{"parse", "http", "request", "max", "len", "the", "xml", "http", "request"}
	if !slices.Equal(got, want) {
		t.Errorf("splitWords = %q, want %q", got, want)
	}
}

func TestValueJSON(t *testing.T) {
	var v Value
	if err := json.Unmarshal([]byte(`[3,-1,"T"]`), &v); err != nil || v != (Value{3, -1, "T"}) {
		t.Errorf("value %+v, error %v", v, err)
	}
}

func TestRunRejectsFlags(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-fold both", `-fold is "both", want even or odd`},
		{"-findings x", "-findings needs -fold: what is found in the repositories trained on means nothing"},
	} {
		err := run(strings.Fields(tt.args), &bytes.Buffer{})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.args, err, tt.want)
		}
	}
}
