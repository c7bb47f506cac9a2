package public

// firstPlayground is where the first playground's pictures lie: folders of its
// repository, each at a commit that has all of them.
func firstPlayground(commit, set string) Source {
	return Source{Address: "https://raw.githubusercontent.com/fastforwardlabs/convnetplayground/" + commit + "/assets/semsearch/datasets/" + set + "/"}
}

// Sets lists the sets in the order in which the first playground did.
func Sets() []*Set {
	return []*Set{
		{
			Name:        "iconic200",
			Title:       "Iconic 200",
			Description: "200 photographs of landmarks, cars and fruit, chosen for what their classes have in common",
			Licence:     "Creative Commons (Flickr), a licence for each picture",
			Page:        "https://github.com/fastforwardlabs/convnetplayground",
			ByHand:      "download the folder assets/semsearch/datasets/iconic200 of https://github.com/fastforwardlabs/convnetplayground (branch gh-pages)",
			Sources:     []Source{firstPlayground("0f244668610d00564741cce98dab284392d3f085", "iconic200")},
			order: blocks("ferrariyellow", "empirestatebuilding", "tractor", "eiffeltower", "pickup",
				"stonehenge", "beetle", "arch", "sedan", "banana"),
		},
		{
			Name:        "fashion200",
			Title:       "Fashion 200",
			Description: "200 photographs of clothes and shoes from an online shop",
			Licence:     "MIT (as stated on Kaggle)",
			Page:        "https://www.kaggle.com/datasets/paramaggarwal/fashion-product-images-dataset",
			ByHand: "download archive.zip from https://www.kaggle.com/datasets/paramaggarwal/fashion-product-images-small " +
				"(Kaggle wants a login; fashion-product-images-dataset has the same pictures in full size)",
			Sources: []Source{firstPlayground("faf1819be7779b6a3bc6c1ccf2f6d83732e07005", "fashion200")},
			order: blocks("menjeans", "womenjeans", "sandals", "sportshoe", "menshirt",
				"mentshirt", "womenheels", "flipflops", "womentshirt", "womenshirt"),
			official: newProducts,
		},
		{
			Name:        "tinyimagenet",
			Title:       "Tiny ImageNet",
			Description: "200 pictures of 64 x 64 pixels from the Tiny ImageNet challenge",
			Licence:     "ImageNet's terms: research and education only",
			Page:        "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
			ByHand:      "download http://cs231n.stanford.edu/tiny-imagenet-200.zip",
			Sources: []Source{
				firstPlayground("3f98d3a1c4a9eaab869435b42ad32039b142462f", "tinyimagenet"),
				{
					Address: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
					SHA256:  "6198c8ae015e2b3e007c7841da39ec069199b9aa3bfa943a462022fe5e43c821",
					Bytes:   248_100_043,
				},
			},
			order: blocks("tractor", "goldfish", "bridge", "sandals", "bus",
				"bottles", "arch", "faces", "teapot", "frogs"),
			official: newSynsets,
		},
		{
			Name:        "cifar10",
			Title:       "CIFAR-10",
			Description: "200 pictures of 32 x 32 pixels: the first of each class of CIFAR-10's training set but the very first",
			Licence:     "none stated; cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
			Page:        "https://www.cs.toronto.edu/~kriz/cifar.html",
			ByHand:      "download cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html",
			Sources: []Source{
				{
					Address: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
					SHA256:  "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9dddda3db29a59bca1d",
					Bytes:   170_052_171,
				},
				firstPlayground("3f98d3a1c4a9eaab869435b42ad32039b142462f", "cifar10"),
			},
			order:    cifarOrder(),
			numbers:  cifarClasses,
			official: newBatches,
		},
	}
}
