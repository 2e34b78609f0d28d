// Command keysift-vet runs the analyzers of package analyzer over Go packages,
// by itself or under go vet:
//
//	keysift-vet ./...
//	go vet -vettool=$(which keysift-vet) ./...
package main

import (
	"flag"

	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/keysift/keysift/analyzer"
)

func main() {
	analyzer.Flags(flag.CommandLine)
	multichecker.Main(analyzer.All()...)
}
