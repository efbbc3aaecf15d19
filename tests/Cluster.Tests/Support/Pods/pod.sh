#!/bin/sh
# The first process of a pod. It runs in mount, process, host name and IPC namespaces of its own, with the pod's network
# namespace joined, builds the pod's file system in ROOT and becomes the pod's program:
#   pod.sh ROOT HOSTNAME MOUNTS USER NAME=VALUE… COMMAND ARGUMENT…
# ROOT is an empty folder, MOUNTS a file of lines "source<tab>target<tab>ro|rw"; the process number that it has outside goes
# into the file MOUNTS.pid. Everything is mounted in this namespace
# alone, so nothing of it is seen outside, and all of it is gone with the last process.
set -eu
root=$1 hostname=$2 mounts=$3 user=$4
shift 4

# /proc is still the one outside.
read -r process _ < /proc/self/stat
echo "$process" > "$mounts.pid"

mount --make-rprivate /
mount -t tmpfs -o mode=755 image "$root"

# The image: this machine's programs and libraries, of its settings only what loaders and name lookups need.
mkdir "$root/usr"
mount --rbind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
for entry in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$entry" ]; then
    cp -P "/$entry" "$root/$entry"
  elif [ -d "/$entry" ]; then
    mkdir "$root/$entry"
    mount --bind "/$entry" "$root/$entry"
    mount -o remount,bind,ro "$root/$entry"
  fi
done
mkdir "$root/etc"
for entry in alternatives group ld.so.cache passwd; do
  [ ! -e "/etc/$entry" ] || cp -a "/etc/$entry" "$root/etc/$entry"
done
echo 'hosts: files' > "$root/etc/nsswitch.conf"
# The folders that the image has.
mkdir -p "$root/runs" "$root/data" "$root/etc/distseq2seq" "$root/var/lib/distseq2seq"

mkdir "$root/proc" "$root/sys" "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 devices "$root/dev"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777 memory "$root/dev/shm"

tab=$(printf '\t')
while IFS=$tab read -r source target mode; do
  if [ -d "$source" ]; then
    mkdir -p "$root$target"
  else
    mkdir -p "$root$(dirname "$target")"
    : > "$root$target"
  fi
  mount --bind "$source" "$root$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$root$target"
done < "$mounts"

hostname "$hostname"
mount -o remount,ro "$root"
exec chroot --userspec="$user:$user" --groups="$user" "$root" /usr/bin/env -i -C /runs "$@"
