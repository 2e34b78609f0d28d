package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"
)

// A Report is all that was measured.
type Report struct {
	Machine Machine  `json:"machine"`
	Corpora []Corpus `json:"corpora"`
	Startup []Result `json:"startup,omitempty"` // over one file of ten lines
}

// A Machine is what the figures depend on.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Go    string `json:"go"`
}

// A Corpus is a tree and what was measured on it.
type Corpus struct {
	Name    string   `json:"name"`
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Results []Result `json:"results"` // keysift's first

	dir string
}

// A Result is what was measured of one program.
type Result struct {
	Tool     string          `json:"tool"`
	Wall     Spread[float64] `json:"wall_seconds"`
	CPU      Spread[float64] `json:"cpu_seconds"` // user and system
	Peak     Spread[int64]   `json:"peak_bytes"`  // 0 if the system does not tell
	Findings int             `json:"findings"`    // matching lines, for ripgrep
	Samples  []Sample        `json:"samples"`
}

// A Sample is one run.
type Sample struct {
	Wall float64 `json:"wall_seconds"`
	CPU  float64 `json:"cpu_seconds"`
	Peak int64   `json:"peak_bytes"`
}

// A Spread says how a figure came out in several runs.
type Spread[T any] struct {
	Median T `json:"median"`
	Min    T `json:"min"`
	Max    T `json:"max"`
}

func (r *Report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func (r *Report) writeTable(w io.Writer) error {
	m := r.Machine
	if _, err := fmt.Fprintf(w, "%s, %d cores, %s/%s, %s\n", m.CPU, m.Cores, m.OS, m.Arch, m.Go); err != nil {
		return err
	}
	for i := range r.Corpora {
		c := &r.Corpora[i]
		title := fmt.Sprintf("%s: %d files, %.1f MB", c.Name, c.Files, mega(c.Bytes))
		if err := writeResults(w, title, c.Results, c.Bytes); err != nil {
			return err
		}
	}
	if len(r.Startup) == 0 {
		return nil
	}
	return writeResults(w, "one file of ten lines", r.Startup, 0)
}

// writeResults writes one table, with the ratios to the first row in it. bytes
// is the size of what was scanned; 0 leaves the throughput out.
func writeResults(w io.Writer, title string, results []Result, bytes int64) error {
	if len(results) == 0 {
		return nil
	}
	runs := len(results[0].Samples)
	if _, err := fmt.Fprintf(w, "\n%s; median of %d (least–most), × is the ratio to keysift\n", title, runs); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "program\twall ms\t\t×\tCPU ms\t\t×\tpeak MB\t×\tMB/s\tfindings\t\n")
	first := &results[0]
	for i := range results {
		r := &results[i]
		rate := "-"
		if bytes > 0 {
			rate = fmt.Sprintf("%.0f", mega(bytes)/r.Wall.Median)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f\t%s\t%s\t%d\t\n", r.Tool, times(r.Wall, first.Wall), times(r.CPU, first.CPU),
			mega(r.Peak.Median), ratio(float64(r.Peak.Median), float64(first.Peak.Median)), rate, r.Findings)
	}
	return t.Flush()
}

// times writes the three cells of a time: median, spread and ratio.
func times(s, first Spread[float64]) string {
	return fmt.Sprintf("%.1f\t%.1f–%.1f\t%s", s.Median*1e3, s.Min*1e3, s.Max*1e3, ratio(s.Median, first.Median))
}

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }

func describeMachine() Machine {
	return Machine{CPU: cpuModel(), Cores: runtime.NumCPU(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version()}
}

// cpuModel returns what the system calls its processor.
func cpuModel() string {
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	if out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	return "unknown processor"
}
