package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.file.TransferFile;
import java.util.ArrayList;
import java.util.List;

/** Records the calls from the file's side of a transfer. */
public final class RecordingOwner implements TransferFile.Owner {
    public final List<String> calls = new ArrayList<>();

    @Override
    public void ready() {
        calls.add("ready");
    }

    @Override
    public void stored() {
        calls.add("stored");
    }

    @Override
    public void failed(TftpException cause) {
        calls.add(cause.code() + " " + cause.getMessage());
    }
}
