package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.TftpException;
import java.util.ArrayList;
import java.util.List;

/** Records the calls from the file's side of a transfer. */
final class RecordingOwner implements TransferFile.Owner {
    final List<String> calls = new ArrayList<>();

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
