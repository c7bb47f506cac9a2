package zoo

// Weights are the files with the official weights of a network.
type Weights struct{ Top, NoTop File }

// File is a weight file at its public address. Addresses and checksums are
// those in the source of keras.applications.
type File struct {
	URL string
	// MD5 is in hexadecimal; empty where Keras pins none.
	MD5 string
}

const (
	kerasFiles        = "https://storage.googleapis.com/tensorflow/keras-applications/"
	efficientNetFiles = "https://storage.googleapis.com/keras-applications/"
)

// kerasWeights are the files folder/name.h5 and folder/name_notop.h5.
func kerasWeights(path, md5, md5NoTop string) Weights {
	return Weights{
		Top:   File{kerasFiles + path + ".h5", md5},
		NoTop: File{kerasFiles + path + "_notop.h5", md5NoTop},
	}
}
