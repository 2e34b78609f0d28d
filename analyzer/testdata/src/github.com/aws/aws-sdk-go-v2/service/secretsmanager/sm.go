// Package secretsmanager is a stub.
package secretsmanager

type GetSecretValueOutput struct {
	ARN          *string
	SecretString *string
	SecretBinary []byte
}
