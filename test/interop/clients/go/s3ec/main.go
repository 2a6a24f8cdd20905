// Objects of the S3 Encryption Client for Go: data keys under several contexts and under none.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/amazon-s3-encryption-client-go/v3/client"
	"github.com/aws/amazon-s3-encryption-client-go/v3/materials"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const bucket = "interop-s3ec-go"

type place struct {
	Endpoint string `json:"endpoint"`
	KeyArn   string `json:"keyArn"`
}

type object struct {
	Key     string            `json:"key"`
	Body    string            `json:"body"`
	Context map[string]string `json:"context"`
}

type written struct {
	DataKeys int      `json:"dataKeys"`
	Buckets  []string `json:"buckets"`
	Details  []object `json:"details"`
}

var objects = []object{
	{"plain", "one", nil},
	{"context \u00fc", "two", map[string]string{"tenant": "acme", "for": "<a & b>"}},
	{"long", strings.Repeat("three", 5000), map[string]string{"tenant": "acme"}},
}

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	}, nil
}

func (at place) s3() *s3.Client {
	return s3.New(s3.Options{
		EndpointResolver: s3.EndpointResolverFromURL(at.Endpoint),
		Region:           "us-east-1",
		UsePathStyle:     true,
		Credentials:      aws.CredentialsProviderFunc(credentials),
	})
}

func (at place) encrypting() (*client.S3EncryptionClientV3, error) {
	keys := kms.New(kms.Options{
		EndpointResolver: kms.EndpointResolverFromURL(at.Endpoint),
		Region:           "us-east-1",
		Credentials:      aws.CredentialsProviderFunc(credentials),
	})
	manager, err := materials.NewCryptographicMaterialsManager(materials.NewKmsKeyring(keys, at.KeyArn))
	if err != nil {
		return nil, err
	}
	return client.New(at.s3(), manager)
}

func under(given map[string]string) context.Context {
	if given == nil {
		return context.Background()
	}
	return context.WithValue(context.Background(), client.EncryptionContext, given)
}

func write(at place) (any, error) {
	_, err := at.s3().CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucket)})
	if err != nil {
		return nil, err
	}
	encrypting, err := at.encrypting()
	if err != nil {
		return nil, err
	}
	for _, one := range objects {
		_, err := encrypting.PutObject(under(one.Context), &s3.PutObjectInput{
			Bucket:   aws.String(bucket),
			Key:      aws.String(one.Key),
			Body:     strings.NewReader(one.Body),
			Metadata: map[string]string{"own": "kept"},
		})
		if err != nil {
			return nil, err
		}
	}
	return written{len(objects), []string{bucket}, objects}, nil
}

func read(at place, before written) (any, error) {
	encrypting, err := at.encrypting()
	if err != nil {
		return nil, err
	}
	for _, one := range before.Details {
		found, err := encrypting.GetObject(under(one.Context), &s3.GetObjectInput{
			Bucket: aws.String(bucket),
			Key:    aws.String(one.Key),
		})
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(found.Body)
		if err != nil {
			return nil, err
		}
		if string(body) != one.Body || found.Metadata["own"] != "kept" {
			return nil, fmt.Errorf("%s: something else was read than was written", one.Key)
		}
	}
	return struct{}{}, nil
}

func main() {
	var request struct {
		Verb    string  `json:"verb"`
		Place   place   `json:"place"`
		Written written `json:"written"`
	}
	err := json.NewDecoder(os.Stdin).Decode(&request)
	var answer any
	if err == nil && request.Verb == "write" {
		answer, err = write(request.Place)
	} else if err == nil {
		answer, err = read(request.Place, request.Written)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
