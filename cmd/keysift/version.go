package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/rules"
)

func versionCommand() *command {
	return &command{
		name: "version", summary: "prints the version of the program, its rules and Go",
		manual: "The version of the rules is a hash of all of them: two programs that print the same one find the same.",
		setup: func(*pflag.FlagSet) runFunc {
			return func(_ context.Context, sys *system, _ []string) error {
				set, err := rules.Builtin()
				if err != nil {
					return err
				}
				commit, state := "unknown", ""
				if info, ok := debug.ReadBuildInfo(); ok {
					for _, s := range info.Settings {
						switch {
						case s.Key == "vcs.revision":
							commit = s.Value
						case s.Key == "vcs.modified" && s.Value == "true":
							state = " (modified)"
						}
					}
				}
				_, err = fmt.Fprintf(sys.stdout, "keysift %s\ncommit   %s%s\nrules    %s (%d)\ngo       %s %s/%s\n",
					version(), commit, state, set.Version(), set.Len(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
				return err
			}
		},
	}
}

// version returns the version of the module, which a build from a checkout
// without a tag does not know.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
