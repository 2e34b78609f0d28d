package scan

import (
	"os"
	"os/exec"
	"testing"
)

// TestShellWord wants a shell to read what was written.
func TestShellWord(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("bash is needed in CI")
		}
		t.Skip("bash is not installed")
	}
	for _, s := range []string{"", "a", "src/a.go", "two words", "it's", "a\nb", "tab\t'\"\\", "$HOME", "`id`", "*", "a=b", "-rf", "caf\u00e9", "x\x7f"} {
		out, err := exec.Command(shell, "-c", "printf %s "+ShellWord("_"+s)).Output()
		if err != nil || string(out) != "_"+s {
			t.Errorf("%q as %s is read as %q, error %v", "_"+s, ShellWord("_"+s), out, err)
		}
	}
	if got, want := ShellPath("-rf"), "./-rf"; got != want {
		t.Errorf("ShellPath: %s, want %s", got, want)
	}
}
