package embedding

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
)

// The journal of unfinished top pictures is a line of JSON that says what they
// are of, then a record for each picture in the order in which the writer was
// told of them: the picture, the number of its peaks that were among the best
// until then, each of these as its channel and a peak, and the CRC-32C of all
// that. Read again in the same order, they give the same best.

const (
	topJournalFormat = "convnet-top-partial"
	recordHead       = 8
	recordPeak       = 4 + peakBytes
	recordSum        = 4
)

type topJournalStart struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Key     Key    `json:"key"`
	TopShape
}

func (w *TopWriter) startLine() topJournalStart {
	return topJournalStart{Format: topJournalFormat, Version: topVersion, Key: w.key, TopShape: w.shape}
}

// open opens the journal, going on from it where it fits.
func (w *TopWriter) open() error {
	var err error
	if w.journal, err = os.OpenFile(w.path+journalSuffix, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	length, err := w.replay(w.journal)
	if err != nil {
		return err
	}
	// Half a record at the end would spoil the next one.
	if err := w.journal.Truncate(length); err != nil || length > 0 {
		return err
	}
	line, err := json.Marshal(w.startLine())
	if err != nil {
		return err
	}
	_, err = w.journal.Write(append(line, '\n'))
	return err
}

// replay takes over the records up to the first that is not whole and valid,
// and returns the length in bytes of what it read: 0 if the journal does not
// begin with that of these pictures.
func (w *TopWriter) replay(r io.Reader) (length int64, err error) {
	records := bufio.NewReaderSize(r, maxJournalLine)
	line, err := records.ReadSlice('\n')
	if err == io.EOF || err == bufio.ErrBufferFull {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var start topJournalStart
	if json.Unmarshal(line, &start) != nil || start != w.startLine() {
		return 0, nil
	}
	length = int64(len(line))
	for {
		record, err := w.readRecord(records)
		if err == io.EOF || err == io.ErrUnexpectedEOF || err == nil && !w.take(record) {
			return length, nil
		}
		if err != nil {
			return 0, err
		}
		length += int64(len(record))
	}
}

// readRecord reads one record, valid until the next call. Half of one, or what
// is none, is io.ErrUnexpectedEOF.
func (w *TopWriter) readRecord(r io.Reader) ([]byte, error) {
	w.record = append(w.record[:0], make([]byte, recordHead)...)
	if _, err := io.ReadFull(r, w.record); err != nil {
		return nil, err
	}
	count := binary.LittleEndian.Uint32(w.record[4:])
	if count > uint32(w.shape.Channels) {
		return nil, io.ErrUnexpectedEOF
	}
	w.record = append(w.record, make([]byte, int(count)*recordPeak+recordSum)...)
	_, err := io.ReadFull(r, w.record[recordHead:])
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return w.record, err
}

// take takes over a record; false if it is not valid.
func (w *TopWriter) take(record []byte) bool {
	body := record[:len(record)-recordSum]
	if binary.LittleEndian.Uint32(record[len(body):]) != crc32.Checksum(body, castagnoli) {
		return false
	}
	picture := int64(binary.LittleEndian.Uint32(body))
	if picture >= int64(w.shape.Pictures) || w.done[picture] {
		return false
	}
	last := int64(-1)
	for at := recordHead; at < len(body); at += recordPeak {
		channel, p := int64(binary.LittleEndian.Uint32(body[at:])), decodePeak(body[at+4:])
		if channel <= last || channel >= int64(w.shape.Channels) || int64(p.Picture) != picture || w.shape.checkPeak(p) != nil {
			return false
		}
		last = channel
	}
	for at := recordHead; at < len(body); at += recordPeak {
		w.insert(int(binary.LittleEndian.Uint32(body[at:])), decodePeak(body[at+4:]))
	}
	w.done[picture] = true
	return true
}

// startRecord begins the record of a picture in a buffer.
func startRecord(b []byte, picture int) []byte {
	b = binary.LittleEndian.AppendUint32(b[:0], uint32(picture))
	return binary.LittleEndian.AppendUint32(b, 0) // peaks, counted by addPeak
}

func addPeak(b []byte, channel int, p Peak) []byte {
	binary.LittleEndian.PutUint32(b[4:], binary.LittleEndian.Uint32(b[4:])+1)
	return encodePeak(binary.LittleEndian.AppendUint32(b, uint32(channel)), p)
}

func endRecord(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}
