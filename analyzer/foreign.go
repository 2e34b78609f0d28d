package analyzer

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// A package in which nothing is called by the name of a secret may still write one
// that comes from elsewhere. This file tells so without building the program.

// secretManagers are packages whose results are secrets, whatever they are kept under.
const secretManagers = "github.com/hashicorp/vault/api|github.com/openbao/openbao/api|github.com/aws/aws-sdk-go-v2/service/secretsmanager|github.com/aws/aws-sdk-go-v2/service/ssm|" +
	"github.com/aws/aws-sdk-go/service/secretsmanager|github.com/aws/aws-sdk-go/service/ssm|cloud.google.com/go/secretmanager/...|" +
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets|github.com/Azure/azure-sdk-for-go/sdk/keyvault/azsecrets|" +
	"github.com/1password/onepassword-sdk-go|github.com/zalando/go-keyring|github.com/99designs/keyring"

// bringsSecret reports whether a call brings a secret of another package in or shows
// one: it is to a function whose result is one, or prints a struct that holds one.
func (f *flow) bringsSecret(call *ast.CallExpr) bool {
	if sinkWords[calleeName(call)] {
		for _, arg := range call.Args {
			if f.holdsForeign(f.pass.TypesInfo.TypeOf(arg)) {
				return true
			}
		}
	}
	fn := typeutil.StaticCallee(f.pass.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg() == f.pkg || isStandard(fn.Pkg().Path()) {
		return false
	}
	fact := new(funcFact)
	if !f.importFact(fn.Origin(), fact) {
		return false
	}
	for _, r := range fact.Results {
		if r.Secret != "" && !r.Doubt {
			return true
		}
	}
	return false
}

// holdsForeign reports whether t is a struct of another package, or points to one, of
// which a field that printing shows is a secret.
func (f *flow) holdsForeign(t types.Type) bool {
	if t == nil {
		return false
	}
	n := named(derefType(t))
	if n == nil || n.Obj().Pkg() == nil || n.Obj().Pkg() == f.pkg || isStandard(n.Obj().Pkg().Path()) {
		return false
	}
	if _, ok := n.Underlying().(*types.Struct); !ok {
		return false
	}
	holds, known := f.foreign[n]
	if !known {
		holds = fieldSearch{env: f.env}.secretField(n) != ""
		f.foreign[n] = holds
	}
	return holds
}
