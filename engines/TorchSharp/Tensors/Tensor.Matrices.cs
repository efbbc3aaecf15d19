using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Products of matrices and vectors.
    public partial class Tensor
    {
        /// <summary>(n, m) times (m, p).</summary>
        public Tensor mm(Tensor target) => dsq_mm(this, target);

        /// <summary>(b, n, m) times (b, m, p).</summary>
        public Tensor bmm(Tensor batch2) => dsq_bmm(this, batch2);

        public Tensor mv(Tensor target) => dsq_mv(this, target);

        public Tensor dot(Tensor target) => dsq_dot(this, target);

        /// <summary>The product that the two shapes imply; leading dimensions broadcast.</summary>
        public Tensor matmul(Tensor target) => dsq_matmul(this, target);

        /// <summary>beta · this + alpha · mat1 · mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            dsq_addmm(this, mat1, mat2, beta, alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1)
        {
            dsq_addmm_(this, mat1, mat2, beta, alpha);
            return this;
        }

        /// <summary>beta · this + alpha · batch1 · batch2, matrix by matrix.</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            dsq_baddbmm(this, batch1, batch2, beta, alpha);
    }
}
