#pragma once

#include <memory>

#include "mcu/meeting/media_factory.h"

#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {

/// Makes the encoder of one row: a thread that encodes what is offered, at most 200 ms behind. With a loudness target
/// the sound is brought to it on that thread first, which takes one block more and changes no time.
///
/// A packet's pts is the time of the sound that comes out when it is decoded: the encoder's own delay is taken off, so
/// that the first packet begins before the first block (6.5 ms for Opus, 21.3 ms for AAC). Times are counted in samples
/// from the index of the first block and never drift. Up to 500 ms of missing blocks become silence; after a longer gap
/// the stream begins anew at the index that came.
/// @param sink  outlives the encoder
/// @error unsupported: the row does not work on this machine
Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncoderRow& row, const AudioEncodeSpec& spec,
                                                         PacketSink& sink);

/// Makes the encoder of the first row for `spec.codec` that works on this machine.
/// @error invalid_argument: a bitrate that no encoder takes, a loudness beyond -40 to -10 LUFS; unsupported: no row
/// works
Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncodeSpec& spec, PacketSink& sink);

/// Encodes a little silence with a row.
/// @error unsupported: why it does not work
Status tryAudioEncoder(const AudioEncoderRow& row);

}  // namespace tessera
