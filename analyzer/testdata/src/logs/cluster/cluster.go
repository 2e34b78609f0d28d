// Package cluster deals with objects that are called secrets.
package cluster

import (
	"fmt"
	"log"

	v1 "k8s.io/api/core/v1"
)

type auth struct{ Secret, ClientSecret string }

func fetch(a auth, authSecret, sharedSecret, token string, s v1.Secret) error {
	log.Print(a.Secret)
	log.Print(a.ClientSecret) // want `field ClientSecret is written`
	log.Print(sharedSecret)   // want `parameter sharedSecret is written`
	log.Print(token)          // want `parameter token is written`
	log.Print(s.Data)         // want `Kubernetes secret is written`
	return fmt.Errorf("cannot fetch secret %s", authSecret)
}

func createSecret(kind string) (string, error) { return kind + "-1", nil }

func create() {
	name, err := createSecret("pull")
	log.Print(name, err)
}
