//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// systemCommands are commands that need what not all systems have:
//
//	unprivileged N PROGRAM ARG…  as status, by a user whom permissions bind
//	closedpipe N PROGRAM ARG…    as status, with standard output a pipe nobody reads
//	interrupted N PROGRAM ARG…   as status, with SIGINT once it has read a line with
//	                             $KEY from standard input, which does not end
//	peak SIZE N PROGRAM ARG…     as status, and held to at most SIZE of memory
func systemCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"unprivileged": unprivileged,
		"closedpipe":   closedPipe,
		"interrupted":  interrupted,
		"peak":         peak,
	}
}

// unprivileged leaves root, to whom permissions mean nothing.
func unprivileged(ts *testscript.TestScript, neg bool, args []string) {
	n := want(ts, neg, args, 2)
	cmd := program(ts, args[1:])
	if os.Getuid() == 0 {
		// The program and the way to the folder have to be open to the other user.
		own := filepath.Join(ts.Getenv("WORK"), ".unprivileged", filepath.Base(cmd.Path))
		ts.Check(os.MkdirAll(filepath.Dir(own), 0o755))
		// By another process: a file that this one had open to write, a program
		// started meanwhile may keep open, and it could not be run.
		ts.Check(exec.Command("cp", cmd.Path, own).Run())
		for dir := ts.Getenv("WORK"); strings.HasPrefix(dir, os.TempDir()+"/"); dir = filepath.Dir(dir) {
			ts.Check(os.Chmod(dir, 0o755))
		}
		cmd.Path = own
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	checkStatus(ts, cmd, cmd.Run(), n)
}

func closedPipe(ts *testscript.TestScript, neg bool, args []string) {
	n := want(ts, neg, args, 2)
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	cmd := program(ts, args[1:])
	cmd.Stdout = w
	err = cmd.Run()
	_ = w.Close()
	checkStatus(ts, cmd, err, n)
}

func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	n := want(ts, neg, args, 2)
	r, w, err := os.Pipe()
	ts.Check(err)
	defer w.Close()
	cmd := program(ts, args[1:])
	cmd.Stdin = r
	ts.Check(cmd.Start())
	ts.Check(r.Close())
	// More than a pipe holds: once it is written, the program reads.
	ts.Check(w.SetWriteDeadline(time.Now().Add(20 * time.Second)))
	text := "token = " + ts.Getenv("KEY") + "\n" + strings.Repeat("a line of text\n", 1<<16)
	_, err = io.WriteString(w, text)
	ts.Check(err)
	time.Sleep(200 * time.Millisecond)
	ts.Check(cmd.Process.Signal(os.Interrupt))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
		ts.Fatalf("not ended 20 seconds after the signal")
	}
	checkStatus(ts, cmd, err, n)
}

// peak reads the most memory a program held while it runs: what the system
// tells of it afterwards counts in what this process held when it started it.
func peak(ts *testscript.TestScript, neg bool, args []string) {
	most, err := parseSize(args[0])
	ts.Check(err)
	n := want(ts, neg, args[1:], 2)
	cmd := program(ts, args[2:])
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var used int64
	for running := true; running; {
		select {
		case err = <-ended:
			running = false
		case <-time.After(10 * time.Millisecond):
			used = max(used, peakOf(cmd.Process.Pid))
		}
	}
	checkStatus(ts, cmd, err, n)
	ts.Logf("at most %d MB of memory", used>>20)
	if used > most {
		ts.Fatalf("%d bytes of memory, want at most %d", used, most)
	}
}

// peakOf returns the most memory a process has held so far in bytes, or 0
// where the system does not tell.
func peakOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kB int64
	_, _ = fmt.Sscan(rest, &kB)
	return kB << 10
}
