package dev.lockstep.tftp.interop;

import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.util.ArrayList;
import java.util.List;

/** The clients, and how a transfer is requested of each. */
enum ClientKind {
    LOCKSTEP {
        @Override
        List<String> getCommand(Server server, Job job) {
            List<String> command = new ArrayList<>(List.of(Peers.launcher("client", "tftp"), "get"));
            command.add(server.url(job.remote()) + (job.netascii() ? ";mode=netascii" : ""));
            command.addAll(List.of("-o", "" + job.local()));
            return sizes(command, job, "--blksize", "--windowsize");
        }

        @Override
        List<String> putCommand(Server server, Job job) {
            List<String> command = new ArrayList<>(List.of(Peers.launcher("client", "tftp"), "put"));
            command.addAll(List.of("" + job.local(), server.url(job.remote())));
            command.addAll(job.netascii() ? List.of("--mode", "netascii") : List.of());
            return sizes(command, job, "--blksize", "--windowsize");
        }

        /** Runs the command on a thread of the tests: in a process it does the same, and each start takes long. */
        @Override
        Run.Result run(Job job, List<String> command) {
            String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
            try (Run run = InProcess.tftp(arguments)) {
                return run.await(Peers.LIMIT);
            }
        }
    },

    /**
     * Sends no options: blocks of 512 bytes, no tsize. Exits with 0 after any ERROR of the server and leaves an empty
     * file.
     */
    TFTP_HPA {
        @Override
        List<String> getCommand(Server server, Job job) {
            return command(server, job, List.of("get", job.remote(), "" + job.local()));
        }

        @Override
        List<String> putCommand(Server server, Job job) {
            return command(server, job, List.of("put", "" + job.local(), job.remote()));
        }

        private List<String> command(Server server, Job job, List<String> classic) {
            List<String> command = new ArrayList<>(List.of(Tool.named("tftp"), server.host(), "" + server.port()));
            command.addAll(List.of("-m", job.netascii() ? "netascii" : "octet", "-c"));
            command.addAll(classic); // -c takes the rest of the line
            return command;
        }

        @Override
        int exitOnError(int code) {
            return 0;
        }
    },

    ATFTP {
        @Override
        List<String> getCommand(Server server, Job job) {
            return command("--get", server, job);
        }

        @Override
        List<String> putCommand(Server server, Job job) {
            return command("--put", server, job);
        }

        private List<String> command(String operation, Server server, Job job) {
            List<String> command = new ArrayList<>(List.of(Tool.named("atftp"), operation));
            command.addAll(List.of("-r", job.remote(), "-l", "" + job.local()));
            option(command, "mode netascii", job.netascii());
            option(command, "blksize " + job.blksize(), job.blksize() > 0);
            option(command, "windowsize " + job.windowsize(), job.windowsize() > 0);
            command.addAll(List.of(server.host(), "" + server.port()));
            return command;
        }

        private void option(List<String> command, String option, boolean asked) {
            command.addAll(asked ? List.of("--option", option) : List.of());
        }

        @Override
        int exitOnError(int code) {
            return 255;
        }
    },

    /**
     * Saves a netascii download as it was on the wire. Takes an empty download for an error: status 71, and no file.
     */
    CURL {
        @Override
        List<String> getCommand(Server server, Job job) {
            return command(server, job, List.of("--output", "" + job.local()));
        }

        @Override
        List<String> putCommand(Server server, Job job) {
            return command(server, job, List.of("--upload-file", "" + job.local()));
        }

        private List<String> command(Server server, Job job, List<String> operation) {
            List<String> command = new ArrayList<>(List.of(Tool.named("curl"), "--silent", "--show-error"));
            command.addAll(operation);
            command.add(server.url(job.remote()) + (job.netascii() ? ";mode=netascii" : ""));
            return sizes(command, job, "--tftp-blksize", "");
        }

        @Override
        int exitOnError(int code) {
            return switch (code) {
                case 1 -> 68;
                case 2 -> 69;
                case 6 -> 73;
                default -> 42;
            };
        }
    },

    BUSYBOX {
        @Override
        List<String> getCommand(Server server, Job job) {
            return command("-g", server, job);
        }

        @Override
        List<String> putCommand(Server server, Job job) {
            return command("-p", server, job);
        }

        private List<String> command(String operation, Server server, Job job) {
            List<String> command = new ArrayList<>(List.of(Tool.named("busybox"), "tftp", operation));
            command.addAll(List.of("-r", job.remote(), "-l", "" + job.local()));
            sizes(command, job, "-b", "");
            command.addAll(List.of(server.host(), "" + server.port()));
            return command;
        }
    };

    abstract List<String> getCommand(Server server, Job job);

    abstract List<String> putCommand(Server server, Job job);

    /** Returns the exit status after an ERROR with this code. */
    int exitOnError(int code) {
        return 1;
    }

    Run.Result get(Server server, Job job) {
        return run(job, getCommand(server, job));
    }

    Run.Result put(Server server, Job job) {
        return run(job, putCommand(server, job));
    }

    Run.Result run(Job job, List<String> command) {
        return Peers.run(job.local().toAbsolutePath().getParent(), command);
    }

    /** Returns the client under test, or its replacement from {@code -Dinterop.client}. */
    static ClientKind underTest() {
        return valueOf(
                System.getProperty("interop.client", "lockstep").toUpperCase().replace('-', '_'));
    }

    @Override
    public String toString() {
        return name().toLowerCase().replace('_', '-');
    }

    private static List<String> sizes(List<String> command, Job job, String blksize, String windowsize) {
        command.addAll(job.blksize() > 0 ? List.of(blksize, "" + job.blksize()) : List.of());
        command.addAll(job.windowsize() > 0 ? List.of(windowsize, "" + job.windowsize()) : List.of());
        return command;
    }
}
