#!/usr/bin/env bash
# All figures of a GPU in one script, which needs no network and ends within 8 minutes:
#
#     bash benchmarks/speed/gpu.sh --wheels DIR
#
# --wheels DIR   installs the wheels of a folder for this run, those of torch among them if the
#                machine has none (default: $LNMBENCH_WHEELS; nothing is installed without it)
# --device NAME  cuda (default) or cpu
# --tiny         tiny sizes, which check the script itself within a minute on a CPU
# --only PARTS   stacked,layer4,all,agreement,protocol160,protocol681: some of them
# --out DIR      folder of the logs (default: a temporary one)
# --limit S      seconds in all (default: 470); a part that exceeds what is left is ended
#
# Every part prints as it works, in a process of its own: if one fails, the others still run. The
# table at the end compares each figure with its target.
set -u
device=cuda tiny=0 wheels=${LNMBENCH_WHEELS:-} out="" limit=470 started=$(date +%s)
parts=stacked,layer4,all,agreement,protocol160,protocol681 only=$parts
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; }
while [ $# -gt 0 ]; do
  case $1 in
    --tiny) tiny=1; shift; continue ;;
    -h | --help) usage; exit 0 ;;
  esac
  [ $# -ge 2 ] || { echo "gpu.sh: unknown option or no value: $1" >&2; usage >&2; exit 2; }
  case $1 in
    --device) device=$2 ;;
    --wheels) wheels=$2 ;;
    --only) only=$2 ;;
    --out) out=$2 ;;
    --limit) limit=$2 ;;
    *) echo "gpu.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift 2
done
for name in ${only//,/ }; do
  case ,$parts, in *,"$name",*) ;; *) echo "gpu.sh: unknown part $name: expected $parts" >&2; exit 2 ;; esac
done
case $limit in '' | *[!0-9]*) echo "gpu.sh: --limit takes seconds, got $limit" >&2; exit 2 ;; esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) && root=$(cd "$here/../.." && pwd) || exit 1
scratch=$(mktemp -d) && trap 'rm -rf "$scratch"' EXIT || exit 1
out=${out:-$(mktemp -d)} && mkdir -p "$out" || exit 1
python=${PYTHON:-python3} site=$scratch/site
mkdir -p "$site"
passed() { echo $(($(date +%s) - started)); }
say() { echo "[$(passed) s] $*"; }

export PYTHONPATH="$root:$root/plugins:$root/datasets:$site${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONUNBUFFERED=1 PYTHONWARNINGS=ignore LNMBENCH_HOME="$scratch/home"
export CUBLAS_WORKSPACE_CONFIG=:4096:8  # cuBLAS reads it when it starts
if [ -n "$wheels" ]; then
  "$python" -m pip install -q --no-index --no-deps --no-compile --target "$site" "$wheels"/*.whl \
    || { echo "gpu.sh: cannot install the wheels in $wheels" >&2; exit 1; }
fi
"$python" "$here/gpu_table.py" --prepare "$site" --device "$device" || exit 1
say "ready; logs in $out"

part() { # name, its longest time in seconds, script and options
  local name=$1 seconds=$2 rest=$((limit - $(passed)))
  shift 2
  case ,$only, in *,"$name",*) ;; *) return ;; esac
  [ "$seconds" -le "$rest" ] || seconds=$rest
  if [ "$seconds" -le 0 ]; then say "$name: no time left"; return; fi
  say "$name: $*"
  timeout -k 5 "$seconds" "$python" "$here/$1" "${@:2}" 2>&1 | tee "$out/$name.log"
  local status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || say "$name: failed with status $status" | tee -a "$out/$name.log"
}

# the longest part is the last one: it gets the time that the others leave
if [ $tiny = 1 ]; then
  tuning="--device $device --encoder resnet18 --size 32 --workers 0 --cases 12 --slices 2 --fits 1
    --epochs 1 --rounds 1 --batch-size 5 --token-dim 8"
  protocol="--device $device --training max_epochs=1 --repeats 1 --folds 2 --inner 2"
  part stacked 60 stacked.py --device "$device" --dim 16 --token-dim 8 --fits 6 --plain-fits 2 \
    --cases 20 --slices 3 --epochs 1 --rounds 1 --processes 0
  part layer4 60 finetune.py --train layer4 $tuning
  part all 60 finetune.py --train all $tuning
  part agreement 60 agreement.py --device "$device" --fits 4 --cases 40 --slices 2 --dim 16 --epochs 2
  part protocol160 60 protocol.py $protocol --encoder efficientnet_lite0:weights=random \
    --dataset synthetic:n=12
  part protocol681 60 protocol.py $protocol --encoder none --dataset synthetic:n=40,images=false
else
  protocol="--device $device --encoder resnet50:weights=random --workers $(nproc)"
  part stacked 100 stacked.py --device "$device" --dim 2048 --fits 500 --plain-fits 20 --rounds 3
  part layer4 90 finetune.py --device "$device" --train layer4 --workers 8 --rounds 3
  part all 110 finetune.py --device "$device" --train all --workers 8 --rounds 3
  part agreement 90 agreement.py --device "$device"
  part protocol160 120 protocol.py $protocol --dataset synthetic:n=160
  part protocol681 310 protocol.py $protocol --dataset synthetic:n=681
fi
say "done"
[ $tiny = 0 ] || echo "tiny sizes: the figures say nothing about speed"
"$python" "$here/gpu_table.py" --logs "$out" --only "$only"
