package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const (
	gitleaksVersion = "v8.30.1"
	gitleaksModule  = "github.com/zricethezav/gitleaks/v8@" + gitleaksVersion

	// gitleaksTag is what its releases are built with. Without it, it scans
	// far slower, and starts faster.
	gitleaksTag = "gore2regex"
)

// A tool is a program to be measured with its arguments.
type tool struct {
	name    string
	command []string
	found   func(output []byte) (int, error) // number of findings in standard output
	count   []string                         // what is run once instead, to warm up, for that output; nil for command
	report  string                           // file to be used in place of standard output, if not empty
	status  []int                            // exit statuses, apart from 0, that are no failure
}

// A workshop holds the programs and the folder they stand in.
type workshop struct {
	dir      string
	temp     string
	say      func(format string, args ...any)
	keysift  string
	gitleaks string
	plain    string // gitleaks without its tag
	ripgrep  string
	literals string // file of the literals ripgrep looks for
}

// newWorkshop builds and installs all programs.
func newWorkshop(ctx context.Context, o *options, say func(string, ...any)) (*workshop, error) {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "corpora"), 0o755); err != nil {
		return nil, err
	}
	w := &workshop{dir: dir, say: say}
	if w.temp, err = os.MkdirTemp("", "keysift-bench"); err != nil {
		return nil, err
	}
	if err := w.fill(ctx, o); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *workshop) close() { _ = os.RemoveAll(w.temp) }

func (w *workshop) fill(ctx context.Context, o *options) error {
	var err error
	if w.keysift, err = w.buildKeysift(ctx, o.keysift); err != nil || !o.peers {
		return err
	}
	if w.gitleaks, err = w.install(ctx, gitleaksTag); err != nil {
		return err
	}
	if o.starts > 0 {
		if w.plain, err = w.install(ctx, ""); err != nil {
			return err
		}
	}
	if w.ripgrep, err = exec.LookPath("rg"); err != nil {
		w.say("ripgrep is not installed, so it is left out")
		return nil
	}
	return w.writeLiterals(ctx)
}

// buildKeysift returns the program given, or one made from the current module.
func (w *workshop) buildKeysift(ctx context.Context, given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	program := filepath.Join(w.temp, executable("keysift"))
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "github.com/keysift/keysift/cmd/keysift")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building keysift: %w\n%s", err, bytes.TrimSpace(out))
	}
	return program, nil
}

// install builds gitleaks, unless that was done before.
func (w *workshop) install(ctx context.Context, tags string) (string, error) {
	bin := filepath.Join(w.dir, "bin", "gitleaks-"+gitleaksVersion+"-"+tags)
	program := filepath.Join(bin, executable("gitleaks"))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	w.say("installing gitleaks %s with build tags %q", gitleaksVersion, tags)
	_, err := w.output(ctx, []string{"GOBIN=" + bin, "GOFLAGS="}, "go", "install", "-tags", tags, gitleaksModule)
	return program, err
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// output runs a command away from any module and returns what it prints.
func (w *workshop) output(ctx context.Context, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = w.temp
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w%s", filepath.Base(name), strings.Join(args, " "), err, stderrOf(err))
	}
	return out, err
}

// stderrOf returns what a command that failed said, on lines of its own.
func stderrOf(err error) string {
	if ee, ok := errors.AsType[*exec.ExitError](err); ok && len(ee.Stderr) > 0 {
		return "\n" + string(bytes.TrimSpace(ee.Stderr))
	}
	return ""
}

// writeLiterals writes what ripgrep is to look for. A keysift that cannot tell
// leaves ripgrep out.
func (w *workshop) writeLiterals(ctx context.Context) error {
	out, err := w.output(ctx, nil, w.keysift, "rules", "list", "--literals")
	lines := bytes.FieldsFunc(out, func(r rune) bool { return r == '\n' || r == '\r' })
	if err != nil || len(lines) == 0 {
		w.say("keysift does not list its literals, so ripgrep is left out (%v)", err)
		w.ripgrep = ""
		return ctx.Err()
	}
	w.literals = filepath.Join(w.temp, "literals")
	return os.WriteFile(w.literals, append(bytes.Join(lines, []byte("\n")), '\n'), 0o644)
}

// treeTools returns what is measured on a tree; keysift comes first.
func (w *workshop) treeTools(dir string) []tool {
	tools := []tool{w.keysiftTool(dir)}
	if w.gitleaks != "" {
		tools = append(tools, w.gitleaksTool("gitleaks "+gitleaksVersion, w.gitleaks, dir))
	}
	if w.ripgrep != "" {
		tools = append(tools, tool{
			name:    "ripgrep, our literals",
			command: []string{w.ripgrep, "-uuu", "-a", "-c", "-F", "-i", "-f", w.literals, dir},
			found:   sumCounts,
			status:  []int{1},
		})
	}
	return tools
}

// startTools returns what is measured on one small file.
func (w *workshop) startTools(file string) []tool {
	tools := []tool{w.keysiftTool(file)}
	if w.gitleaks != "" {
		tools = append(tools,
			w.gitleaksTool("gitleaks "+gitleaksVersion, w.gitleaks, file),
			w.gitleaksTool("gitleaks without "+gitleaksTag, w.plain, file))
	}
	return tools
}

func (w *workshop) keysiftTool(path string) tool {
	return tool{
		name:    "keysift",
		command: []string{w.keysift, "scan", "--progress", "never", "--exit-zero", path},
		count:   []string{w.keysift, "scan", "--format", "jsonl", "--progress", "never", "--exit-zero", path},
		found:   countFindings,
	}
}

func (w *workshop) gitleaksTool(name, program, path string) tool {
	report := filepath.Join(w.temp, "gitleaks.json")
	return tool{
		name: name,
		command: []string{program, "dir", "--no-banner", "--log-level", "error", "--exit-code", "0",
			"--report-format", "json", "--report-path", report, path},
		found:  countArray,
		report: report,
	}
}

// smallFile returns a file of ten lines without a finding.
func (w *workshop) smallFile() (string, error) {
	name := filepath.Join(w.temp, "small", "settings.ini")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", err
	}
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, "setting-%d = value %d\n", i, i)
	}
	return name, os.WriteFile(name, []byte(b.String()), 0o644)
}

// countFindings counts the findings of keysift's jsonl, which must tell that
// the run was complete.
func countFindings(out []byte) (int, error) {
	n, complete := 0, false
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var record struct {
			Type     string
			Complete bool
		}
		err := d.Decode(&record)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("reading its report: %w", err)
		}
		if record.Type == "finding" {
			n++
		}
		complete = record.Type == "summary" && record.Complete
	}
	if !complete {
		return n, errors.New("its report does not end with the summary of a complete run")
	}
	return n, nil
}

// countArray counts the elements of a JSON array.
func countArray(out []byte) (int, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(out, &list); err != nil {
		return 0, fmt.Errorf("reading its report: %w", err)
	}
	return len(list), nil
}

// sumCounts adds up the numbers that end each line, as in "path:3"; ripgrep
// prints the number alone for a single file.
func sumCounts(out []byte) (int, error) {
	sum := 0
	for line := range bytes.Lines(out) {
		line = bytes.TrimSpace(line)
		n, err := strconv.Atoi(string(line[bytes.LastIndexByte(line, ':')+1:]))
		if err != nil {
			return 0, fmt.Errorf("reading its counts: %w", err)
		}
		sum += n
	}
	return sum, nil
}
