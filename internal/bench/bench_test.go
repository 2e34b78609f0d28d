package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSpread(t *testing.T) {
	tests := []struct {
		walls []float64
		want  Spread[float64]
	}{
		{[]float64{3}, Spread[float64]{3, 3, 3}},
		{[]float64{5, 1, 3}, Spread[float64]{3, 1, 5}},
		{[]float64{4, 1, 3, 2}, Spread[float64]{2, 1, 4}},
	}
	for _, tt := range tests {
		var samples []Sample
		for _, w := range tt.walls {
			samples = append(samples, Sample{Wall: w})
		}
		if got := spread(samples, func(s Sample) float64 { return s.Wall }); got != tt.want {
			t.Errorf("spread of %v = %+v, want %+v", tt.walls, got, tt.want)
		}
	}
}

func TestCounting(t *testing.T) {
	tests := []struct {
		name    string
		count   func([]byte) (int, error)
		out     string
		want    int
		wantErr bool
	}{
		{"keysift", countFindings, `{"type":"finding"}` + "\n" + `{"type":"finding"}` + "\n" + `{"type":"summary","complete":true}`, 2, false},
		{"keysift incomplete", countFindings, `{"type":"summary","complete":false}`, 0, true},
		{"keysift cut short", countFindings, `{"type":"finding"}`, 1, true},
		{"keysift garbled", countFindings, `{"type":`, 0, true},
		{"gitleaks", countArray, `[{"a":1},{}]`, 2, false},
		{"gitleaks without findings", countArray, `[]`, 0, false},
		{"gitleaks garbled", countArray, ``, 0, true},
		{"ripgrep", sumCounts, "a/b:3\nc:d:4\n", 7, false},
		{"ripgrep on a file", sumCounts, "5\n", 5, false},
		{"ripgrep without matches", sumCounts, "", 0, false},
		{"ripgrep garbled", sumCounts, "a:b\n", 0, true},
	}
	for _, tt := range tests {
		got, err := tt.count([]byte(tt.out))
		if got != tt.want || (err != nil) != tt.wantErr {
			t.Errorf("%s: %q gives %d, %v; want %d, error %v", tt.name, tt.out, got, err, tt.want, tt.wantErr)
		}
	}
}

func TestFlags(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"-runs", "0"}, "-runs must be at least 1 and -starts at least 0"},
		{[]string{"files"}, `unexpected argument "files"`},
		{[]string{"-dir", "d", "-runs", "1"}, ""},
	}
	for _, tt := range tests {
		var msg string
		if _, err := parse(tt.args, new(bytes.Buffer)); err != nil {
			msg = err.Error()
		}
		if msg != tt.want {
			t.Errorf("%q: error %q, want %q", tt.args, msg, tt.want)
		}
	}
}

func TestTable(t *testing.T) {
	r := Report{
		Machine: Machine{CPU: "Some CPU", Cores: 2, OS: "linux", Arch: "amd64", Go: "go1.26"},
		Corpora: []Corpus{{Name: "tree", Files: 3, Bytes: 2e6, Results: []Result{
			{Tool: "keysift", Samples: []Sample{{.1, .2, 50e6}, {.2, .3, 60e6}, {.3, .4, 40e6}}, Findings: 4},
			{Tool: "peer", Samples: []Sample{{1, 2, 100e6}, {2, 3, 100e6}, {3, 4, 100e6}}},
		}}},
	}
	for i := range r.Corpora[0].Results {
		r.Corpora[0].Results[i].summarise()
	}
	var b strings.Builder
	if err := r.writeTable(&b); err != nil {
		t.Fatal(err)
	}
	const want = `Some CPU, 2 cores, linux/amd64, go1.26

tree: 3 files, 2.0 MB; median of 3 (least–most), × is the ratio to keysift
  program  wall ms                     ×  CPU ms                     ×  peak MB     ×  MB/s  findings
  keysift    200.0    100.0–300.0   1.00   300.0    200.0–400.0   1.00       50  1.00    10         4
     peer   2000.0  1000.0–3000.0  10.00  3000.0  2000.0–4000.0  10.00      100  2.00     1         0
`
	if got := b.String(); got != want {
		t.Errorf("table is\n%s\nwant\n%s", got, want)
	}
	b.Reset()
	if err := r.writeJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back.Corpora[0].Results[1].Wall.Median != 2 {
		t.Errorf("the JSON reads back as %+v, %v", back, err)
	}
}

// The program run is this test's own binary.
func TestMeasure(t *testing.T) {
	const variable = "KEYSIFT_BENCH_CHILD"
	if os.Getenv(variable) != "" {
		os.Stdout.WriteString("[{}]")
		os.Exit(3)
	}
	t.Setenv(variable, "1")
	child := tool{
		name: "child", command: []string{os.Args[0], "-test.run=^TestMeasure$"},
		found: countArray, status: []int{3},
	}
	results, err := compete(context.Background(), []tool{child, child}, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if len(r.Samples) != 2 || r.Findings != 1 || r.Wall.Median <= 0 || r.Wall.Min > r.Wall.Max {
			t.Errorf("measured %+v, want two samples and one finding", r)
		}
	}
	child.status = nil
	if _, err := compete(context.Background(), []tool{child}, 1); err == nil {
		t.Error("a program that fails is measured as if it had not")
	}
}

func TestCount(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"a": "123", "d/b": "45"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := &Corpus{dir: dir}
	if err := c.count(); err != nil || c.Files != 2 || c.Bytes != 5 {
		t.Errorf("counted %d files, %d bytes, %v; want 2, 5", c.Files, c.Bytes, err)
	}
}
